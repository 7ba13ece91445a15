"""The network that a request came from."""

from __future__ import annotations

import pytest

from chalicelib.web.networks import network


@pytest.mark.parametrize(
    "address, counted",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("not an address", ""),
    ],
)
def test_an_office_counts_as_one_however_many_addresses_it_has(address, counted):
    assert network(address) == counted

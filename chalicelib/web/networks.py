"""Which network a request came from, as limits count it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

# A household or an office has a whole /64 of its own to take addresses from.
IPV6_PREFIX = 64


def network(address: str) -> str:
    """An IPv4 address as it is, an IPv6 address by its /64. Empty for anything else."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, IPV6_PREFIX), strict=False))

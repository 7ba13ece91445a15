"""The arithmetic of timings."""

from __future__ import annotations

import pytest

from tests.bench.timing import Comparison, interleave, percentile


def test_two_timers_take_turns_and_the_first_turn_alternates():
    turns: list[str] = []

    def timer(name, seconds):
        def sample():
            turns.append(name)
            return seconds

        return sample

    taken = interleave(timer("a", 0.002), timer("b", 0.004), rounds=3, warm_up=1)

    assert "".join(turns) == "baabbaab"
    assert (taken.ours, taken.floor) == ((0.002,) * 3, (0.004,) * 3)
    assert (taken.ours_ms, taken.floor_ms) == (2.0, 4.0)


def test_one_slow_sample_does_not_move_the_median():
    taken = Comparison(ours=(0.001, 0.001, 9.0), floor=(0.002, 0.002, 0.002))

    assert taken.ours_ms / taken.floor_ms == 0.5


def test_the_spread_is_of_the_ratios_of_each_moment():
    taken = Comparison(ours=(1.0, 2.0, 3.0, 4.0, 5.0), floor=(10.0,) * 5)

    assert taken.spread == pytest.approx((0.2, 0.4))


@pytest.mark.parametrize("percent, value", [(50, 10), (95, 19), (100, 20), (1, 1)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(percent, value):
    assert percentile(range(20, 0, -1), percent) == value


def test_a_percentile_of_one_value_is_that_value():
    assert percentile([3.5], 95) == 3.5

"""Circles in a tree of assets."""

import pytest

from pywats_server.checking.references import circles


@pytest.mark.parametrize(
    ("parents", "found"),
    [
        ({}, []),
        ({1: 1}, [[1]]),
        ({1: 2, 2: 1}, [[1, 2]]),
        ({1: 2, 2: 3, 3: 2}, [[2, 3]]),
        ({5: 4, 4: 3, 3: 5, 9: 5, 8: 9}, [[3, 5, 4]]),
        ({1: 2, 2: 1, 3: 4, 4: 3}, [[1, 2], [3, 4]]),
        ({1: 99}, []),
    ],
    ids=["nothing", "itself", "two", "below a circle", "three", "two circles", "parent that is missing"],
)
def test_circles_are_found_once_each(parents: dict[int, int], found: list[list[int]]) -> None:
    assert list(circles(parents)) == found

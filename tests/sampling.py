"""Which of many fixed cases a profile of hypothesis runs: `deep` all of them, the others always the same part."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")


def sampled(cases: Iterable[T], one_in: int) -> list[T]:
    """Return the cases whose texts have a digest that `one_in` divides; all in the profile `deep`."""
    if settings.get_current_profile_name() == "deep":
        return list(cases)
    return [case for case in cases if digest_of(case) % one_in == 0]


def sampled_of_each(cases: Iterable[T], group_of: Callable[[T], object], one_in: int) -> list[T]:
    """Return as `sampled`, and of each group without such a case the one with the lowest digest."""
    groups: dict[object, list[T]] = {}
    for case in cases:
        groups.setdefault(group_of(case), []).append(case)
    return [one for among in groups.values() for one in sampled(among, one_in) or [min(among, key=digest_of)]]


def digest_of(case: object) -> int:
    """Return a number that a case has in every process, from its text."""
    return int.from_bytes(hashlib.sha256(str(case).encode()).digest()[:8], "big")

"""Profiles of hypothesis: `dev` by default, `ci` where CI is set, `deep` by hand; and `--update-golden`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.golden_option import pytest_addoption

__all__ = ["pytest_addoption"]

settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", max_examples=75, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

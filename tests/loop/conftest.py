"""Fixtures of the tests that run on virtual time."""

from __future__ import annotations

import pytest

from tests.loop.virtual_time import run_virtual


@pytest.fixture(name="run_virtual")
def _run_virtual():
    """Runs a coroutine on an event loop whose clock leaps."""
    return run_virtual

"""What the tests of the tools share: a real store in a temporary folder, and an afternoon in Berlin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.store import Store
from app.tools.base import Situation

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=ZoneInfo("Europe/Berlin"))
"""A Tuesday, at three in the afternoon."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "duet.db")
    yield opened
    opened.close()


@pytest.fixture
def situation() -> Situation:
    return Situation(now=NOW)

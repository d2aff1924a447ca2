"""All tools that are there: Duet's own, and those that other packages offer through the entry points `duet.tools`.

The order of the intents is that of the subjects below: what comes first is asked first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from app.tools import arithmetic, calendar, conversations, notes, opening, system, timers
from app.tools.base import Tool
from app.tools.services import Services
from app.tools.toolbox import Toolbox

log = logging.getLogger(__name__)

GROUP = "duet.tools"
"""Entry points are functions `(Services) -> Sequence[Tool]`."""

_SUBJECTS: Sequence[ModuleType] = (
    timers,
    notes,
    calendar,
    arithmetic,
    system,
    opening,
    conversations,
)


def toolbox(services: Services) -> Toolbox:
    """The box of all tools. What another package offers and cannot be used is logged and left out."""
    own = [tool for subject in _SUBJECTS for tool in subject.tools(services)]
    intents = [intent for subject in _SUBJECTS for intent in subject.INTENTS]
    if services.opener is not None:
        intents.append(opening.installed_intent(services.opener))
    return Toolbox(
        [*own, *_offered(services, {tool.name for tool in own})],
        intents,
        [hint for subject in _SUBJECTS for hint in getattr(subject, "HINTS", ())],
    )


def _offered(services: Services, taken: set[str]) -> Iterator[Tool[Any]]:
    """The tools of other packages whose names are free. `taken` grows with them."""
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        for tool in _tools_of(entry, services):
            if tool.name in taken:
                log.warning("the tool %s of %s is left out: there is one of that name", tool.name, entry.value)
                continue
            taken.add(tool.name)
            yield tool


def _tools_of(entry: EntryPoint, services: Services) -> list[Tool[Any]]:
    """All or none: what offers anything else than tools that can describe themselves is broken."""
    try:
        tools = list(entry.load()(services))
        for tool in tools:
            if not isinstance(tool, Tool):
                raise TypeError(f"{tool!r} is no tool")
            if not (tool.name and tool.description):
                raise ValueError(f"{tool!r} has no name or no description")
            tool.arguments.model_json_schema()
    except Exception:  # the code is somebody else's and may raise anything
        log.exception("the tools of %s cannot be used and are left out", entry.value)
        return []
    return tools

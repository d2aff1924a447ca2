"""What the built-in tools work with. The runtime puts it together; a tool takes what it needs of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.store import Store

if TYPE_CHECKING:
    from app.tools.opening.opener import Opener
    from app.tools.timers.alarms import Alarms


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """store: what Duet keeps. alarms: rings timers; None where nobody would hear them. opener: opens files and
    applications; None where that cannot be done."""

    store: Store
    alarms: Alarms | None = None
    opener: Opener | None = None

"""Sentences that the window and the terminal say alike."""

from __future__ import annotations

from app.events import AlarmRang

_LATE_S = 30.0
"""An alarm that is later than this says so."""


def alarm_words(event: AlarmRang) -> str:
    """What is said of an alarm that rang."""
    named = f": {event.label}" if event.label else ""
    says = f"{event.kind.capitalize()}{named}" if named else f"Your {event.kind} is up."
    if event.late_s < _LATE_S:
        return says
    minutes = round(event.late_s / 60)
    ago = f"{minutes} min" if 0 < minutes < 120 else f"{round(minutes / 60)} h" if minutes else f"{event.late_s:.0f} s"
    return f"{says.rstrip('.')} ({ago} ago, while Duet was not running)"

"""How timers and alarms are spoken of: their names, what is left of them, and what is said when they ring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.events import AlarmRang
from app.store.alarms import Alarm
from app.tools.wording import counted, joined, length, moment, sentence


def shown_length(alarm: Alarm) -> str:
    """How long a timer was set for."""
    return length(alarm.length_s or 0.0)


def name(alarm: Alarm, now: datetime) -> str:
    """ "pasta timer", "10 minutes timer", "alarm for tomorrow at 7 AM (wake up)"."""
    if alarm.kind == "timer":
        return f"{alarm.label} timer" if alarm.label else f"timer for {shown_length(alarm)}"
    label = f" ({alarm.label})" if alarm.label else ""
    return f"alarm for {due(alarm, now)}{label}"


def due(alarm: Alarm, now: datetime) -> str:
    return moment(alarm.due_at, now)


def left_s(alarm: Alarm, now: datetime) -> float:
    return max((alarm.due_at - now).total_seconds(), 0.0)


def left(alarm: Alarm, now: datetime) -> str:
    """ "3 minutes and 20 seconds are left on the pasta timer"."""
    said = length(left_s(alarm, now))
    are = "is" if said.startswith(("1 ", "less")) and " and " not in said else "are"
    on = "until the" if alarm.kind == "alarm" else "on the"
    return f"{said} {are} left {on} {name(alarm, now)}"


def listed(alarms: Sequence[Alarm], now: datetime) -> str:
    """One sentence about several: "2 timers are running: ..." """
    timers = [alarm for alarm in alarms if alarm.kind == "timer"]
    clocks = [alarm for alarm in alarms if alarm.kind == "alarm"]
    said = []
    if timers:
        each = [f"the {name(alarm, now)} with {length(left_s(alarm, now))} left" for alarm in timers]
        said.append(f"{counted(len(timers), 'timer')} {_are(timers)} running: {joined(each)}.")
    if clocks:
        each = [due(alarm, now) + (f" ({alarm.label})" if alarm.label else "") for alarm in clocks]
        said.append(f"{counted(len(clocks), 'alarm')} {_are(clocks)} set: {joined(each)}.")
    return " ".join(said)


def _are(alarms: Sequence[Alarm]) -> str:
    return "is" if len(alarms) == 1 else "are"


def values(alarm: Alarm, now: datetime) -> dict[str, Any]:
    """As plain JSON values; `due` is ISO 8601 in the user's time zone."""
    return {
        "alarm": alarm.id,
        "kind": alarm.kind,
        "label": alarm.label,
        "due": alarm.due_at.astimezone(now.tzinfo).isoformat(timespec="seconds"),
        "left": {"value": round(left_s(alarm, now), 1), "unit": "s"},
    }


def announcement(event: AlarmRang) -> str:
    """What is said and shown when one rings; a missed one says that it was missed."""
    if event.kind == "timer":
        what = f"the {event.label} timer" if event.label else "your timer"
        is_over = f"{what} is done"
    else:
        what = "your alarm"
        is_over = f"this is your alarm: {event.label}" if event.label else "this is your alarm"
    if event.late_s:
        label = f" ({event.label})" if event.kind == "alarm" and event.label else ""
        return sentence(f"{what}{label} was due {length(event.late_s)} ago, while nobody was there to ring it")
    return sentence(is_over)

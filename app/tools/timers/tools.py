"""The tools for timers and alarms: set, list, how long is left, cancel. `app.tools.timers.alarms` does the keeping."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from app.errors import BadInput
from app.store.alarms import Alarm
from app.tools.base import Arguments, Result, Risk, Situation, Tool
from app.tools.services import Services
from app.tools.timers import spoken
from app.tools.timers.alarms import Alarms
from app.tools.timers.lengths import Length
from app.tools.timers.moments import instant, read_moment, read_time
from app.tools.wording import joined, moment, sentence

LONGEST = timedelta(days=366)
MOST_LABEL = 100
MOST_SET = 100

Label = Field(default="", max_length=MOST_LABEL, description="what it is for, e.g. pasta; may be empty")
Which = Literal["timer", "alarm", "any"]


class SetTimerArguments(Arguments):
    hours: float = Field(default=0, ge=0, description="hours of its length")
    minutes: float = Field(default=0, ge=0, description="minutes of its length")
    seconds: float = Field(default=0, ge=0, description="seconds of its length")
    label: str = Label

    @property
    def length(self) -> Length:
        return Length(self.hours, self.minutes, self.seconds)


class SetAlarmArguments(Arguments):
    at: str = Field(
        description="local date and time in ISO 8601, e.g. 2026-03-01T07:00; or a time alone, e.g. 07:00, for the next "
        "time that it is so late"
    )
    label: str = Label

    @field_validator("at")
    @classmethod
    def _is_a_time(cls, at: str) -> str:
        if at and read_time(at) is None:
            try:
                datetime.fromisoformat(at)
            except ValueError:
                raise ValueError(f'"{at}" is no time; write it like 2026-03-01T07:00 or 07:00') from None
        return at


class WhichArguments(Arguments):
    kind: Which = Field(default="any", description="timers, alarms, or any of both")
    label: str = Field(default="", max_length=MOST_LABEL, description="only those of this label")


class CancelArguments(WhichArguments):
    seconds: float | None = Field(default=None, gt=0, description="only timers that were set for so many seconds")
    at: str = Field(default="", description="only alarms for this local time of the day, e.g. 07:00")
    all: bool = Field(default=False, description="all that fit, not only one")


class _OfAlarms:
    """A tool that works with the alarms."""

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms

    def _fitting(self, wanted: WhichArguments, now: datetime) -> list[Alarm]:
        """What is set and fits: of the exact label if there is one, else of labels that hold its words."""
        found = [alarm for alarm in self._alarms.pending() if wanted.kind in ("any", alarm.kind)]
        if isinstance(wanted, CancelArguments):
            found = [alarm for alarm in found if _fits(alarm, wanted, now)]
        if not wanted.label:
            return found
        label = wanted.label.casefold()
        exact = [alarm for alarm in found if alarm.label.casefold() == label]
        return exact or [alarm for alarm in found if set(label.split()) <= set(alarm.label.casefold().split())]

    def _check_room(self) -> None:
        if len(self._alarms.pending()) >= MOST_SET:
            raise BadInput(f"{MOST_SET} timers and alarms are set already; cancel some first.")


def _fits(alarm: Alarm, wanted: CancelArguments, now: datetime) -> bool:
    if wanted.seconds is not None and (alarm.length_s is None or abs(alarm.length_s - wanted.seconds) >= 0.5):
        return False
    if not wanted.at:
        return True
    local = alarm.due_at.astimezone(now.tzinfo).replace(tzinfo=None)
    time = read_time(wanted.at)
    if time is not None:
        return alarm.kind == "alarm" and local.time().replace(second=0, microsecond=0) == time.replace(second=0)
    said = read_moment(wanted.at, now)  # "7": of either half of the day
    return alarm.kind == "alarm" and said is not None and _face(local) == _face(said)


def _face(at: datetime) -> tuple[int, int]:
    return at.hour % 12, at.minute


class SetTimer(_OfAlarms, Tool[SetTimerArguments]):
    """Rings after a length of time."""

    name: ClassVar[str] = "set_timer"
    description: ClassVar[str] = "Start a timer that rings after a length of time, for 'set a timer for ten minutes'."
    risk: ClassVar[Risk] = "write"
    arguments: ClassVar[type[Arguments]] = SetTimerArguments

    async def run(self, arguments: SetTimerArguments, situation: Situation) -> Result:
        seconds = arguments.length.total_s
        if seconds <= 0:
            raise BadInput("A timer needs a length; say for example: set a timer for ten minutes.")
        if seconds > LONGEST.total_seconds():
            raise BadInput("A timer runs for a year at most.")
        self._check_room()
        due = situation.now.astimezone(UTC) + timedelta(seconds=seconds)
        alarm = self._alarms.set("timer", arguments.label, due=due, now=situation.now, length_s=seconds)
        what = f"{alarm.label} timer" if alarm.label else "timer"
        return Result(
            text=sentence(f"{what} set for {arguments.length}"),
            values=spoken.values(alarm, situation.now),
            exact=True,
        )

    def question(self, arguments: SetTimerArguments) -> str:
        label = f"{arguments.label} " if arguments.label else ""
        return f"Shall I set a {label}timer for {arguments.length}?"


class SetAlarm(_OfAlarms, Tool[SetAlarmArguments]):
    """Rings at a time of the clock."""

    name: ClassVar[str] = "set_alarm"
    description: ClassVar[str] = "Set an alarm that rings at a time of the clock, for 'wake me at 7 tomorrow'."
    risk: ClassVar[Risk] = "write"
    arguments: ClassVar[type[Arguments]] = SetAlarmArguments

    async def run(self, arguments: SetAlarmArguments, situation: Situation) -> Result:
        now = situation.now
        due = _instant(arguments.at, now)
        if due <= now:
            raise BadInput(sentence(f"{moment(due, now)} has passed; say another time"))
        if due - now > LONGEST:
            raise BadInput("An alarm can be set for a year ahead at most.")
        self._check_room()
        alarm = self._alarms.set("alarm", arguments.label, due=due, now=now)
        what = f"alarm ({alarm.label})" if alarm.label else "alarm"
        return Result(
            text=sentence(f"{what} set for {spoken.due(alarm, now)}"), values=spoken.values(alarm, now), exact=True
        )

    def question(self, arguments: SetAlarmArguments) -> str:
        label = f" ({arguments.label})" if arguments.label else ""
        return f"Shall I set an alarm{label} for {arguments.at.replace('T', ' at ')}?"


def _instant(at: str, now: datetime) -> datetime:
    """When `at` is, in UTC. A time alone is the next instant at which the clock shows it."""
    if not at:
        raise BadInput("An alarm needs a time; say for example: set an alarm for 7 in the morning.")
    time = read_time(at)
    if time is None:
        said = datetime.fromisoformat(at)
        return said.astimezone(UTC) if said.tzinfo is not None else instant(said, now)
    today = datetime.combine(now.date(), time)
    due = instant(today, now)
    return due if due > now else instant(today + timedelta(days=1), now)


class ListTimers(_OfAlarms, Tool[WhichArguments]):
    """What is set."""

    name: ClassVar[str] = "list_timers"
    description: ClassVar[str] = "List the timers that run and the alarms that are set."
    arguments: ClassVar[type[Arguments]] = WhichArguments

    async def run(self, arguments: WhichArguments, situation: Situation) -> Result:
        found = self._fitting(arguments, situation.now)
        text = spoken.listed(found, situation.now) or _none(arguments)
        return Result(text=text, values={"set": [spoken.values(each, situation.now) for each in found]}, exact=True)


class RemainingTime(_OfAlarms, Tool[WhichArguments]):
    """How long until one rings."""

    name: ClassVar[str] = "remaining_time"
    description: ClassVar[str] = "How much time is left on a timer or until an alarm."
    arguments: ClassVar[type[Arguments]] = WhichArguments

    async def run(self, arguments: WhichArguments, situation: Situation) -> Result:
        found = self._fitting(arguments, situation.now)
        if len(found) > 1:
            text = spoken.listed(found, situation.now)
        else:
            text = sentence(spoken.left(found[0], situation.now)) if found else _none(arguments)
        return Result(text=text, values={"set": [spoken.values(each, situation.now) for each in found]}, exact=True)


class CancelTimer(_OfAlarms, Tool[CancelArguments]):
    """Takes timers and alarms out before they ring."""

    name: ClassVar[str] = "cancel_timer"
    description: ClassVar[str] = "Cancel a timer or an alarm: the only one, one by its label or length, or all of them."
    risk: ClassVar[Risk] = "write"
    arguments: ClassVar[type[Arguments]] = CancelArguments

    async def run(self, arguments: CancelArguments, situation: Situation) -> Result:
        now = situation.now
        gone = self._alarms.cancel(self._chosen(arguments, now))
        if not gone:
            raise BadInput(_none(arguments))
        names = [f"the {spoken.name(alarm, now)}" for alarm in gone]
        are = "is" if len(gone) == 1 else "are"
        text = sentence(f"{joined(names)} {are} cancelled")
        return Result(text=text, values={"cancelled": [spoken.values(alarm, now) for alarm in gone]}, exact=True)

    def question(self, arguments: CancelArguments) -> str:
        now = self._alarms.wall().astimezone()
        chosen = self._chosen(arguments, now)
        return f"Shall I cancel {joined([f'the {spoken.name(alarm, now)}' for alarm in chosen])}?"

    def _chosen(self, wanted: CancelArguments, now: datetime) -> list[Alarm]:
        """Raises `BadInput` if nothing fits, and if several do while one is meant."""
        found = self._fitting(wanted, now)
        if not found:
            raise BadInput(_none(wanted))
        if len(found) > 1 and not wanted.all:
            raise BadInput(f"{spoken.listed(found, now)} Say which one to cancel.")
        return found


def _none(wanted: WhichArguments) -> str:
    kind = {"timer": "timer is running", "alarm": "alarm is set", "any": "timer is running and no alarm is set"}
    label = f"{wanted.label} " if wanted.label else ""
    if wanted.kind == "any" and label:
        return f"There is no timer or alarm called {wanted.label}."
    return f"No {label}{kind[wanted.kind]}."


def tools(services: Services) -> Sequence[Tool[Any]]:
    """All of them; none where nobody would ring what is set."""
    if services.alarms is None:
        return ()
    return tuple(kind(services.alarms) for kind in (SetTimer, SetAlarm, ListTimers, RemainingTime, CancelTimer))

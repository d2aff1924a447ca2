"""Numbers, lengths, times of the clock, and the commands to timers, as they are typed or heard."""

from __future__ import annotations

from datetime import UTC, datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.tools.timers import INTENTS
from app.tools.timers.lengths import read_length
from app.tools.timers.moments import instant, read_moment
from app.tools.timers.numbers import number

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 3, 15, 0, tzinfo=BERLIN)  # a Tuesday


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("ten", 10),
        ("twenty five", 25),
        ("a", 1),
        ("a hundred and twenty", 120),
        ("two hundred", 200),
        ("one thousand five hundred", 1500),
        ("eight and a half", 8.5),
        ("three quarters", 0.75),
        ("eight point two five", 8.25),
        ("8.5", 8.5),
        ("90", 90),
        ("twenty fifty", None),
        ("five twenty", None),
        ("hundred", None),
        ("and", None),
        ("ten and", None),
        ("pasta", None),
        ("", None),
    ],
)
def test_numbers(said: str, value: float | None) -> None:
    assert number(said.split()) == value


@pytest.mark.parametrize(
    ("said", "seconds", "again"),
    [
        ("ten minutes", 600, "10 minutes"),
        ("8 and a half minutes", 510, "8 and a half minutes"),
        ("eight and a half minutes", 510, "8 and a half minutes"),
        ("8.5 minutes", 510, "8 and a half minutes"),
        ("8.25 minutes", 495, "8 minutes and 15 seconds"),
        ("8½ min", 510, "8 and a half minutes"),
        ("an hour and a half", 5400, "1 and a half hours"),
        ("half an hour", 1800, "half an hour"),
        ("a half hour", 1800, "half an hour"),
        ("a quarter of an hour", 900, "15 minutes"),
        ("three quarters of an hour", 2700, "45 minutes"),
        ("ninety seconds", 90, "90 seconds"),
        ("one hour and ten minutes", 4200, "1 hour and 10 minutes"),
        ("one hour ten", 4200, "1 hour and 10 minutes"),
        ("2h 30m", 9000, "2 hours and 30 minutes"),
        ("1h30", 5400, "1 hour and 30 minutes"),
        ("10min", 600, "10 minutes"),
        ("5 minutes 30", 330, "5 minutes and 30 seconds"),
        ("two hours, three minutes and four seconds", 7384, "2 hours, 3 minutes and 4 seconds"),
        ("a couple of minutes", 120, "2 minutes"),
        ("a minute", 60, "1 minute"),
        ("twenty-five minutes", 1500, "25 minutes"),
        ("five", None, ""),
        ("minutes", None, ""),
        ("zero minutes", None, ""),
        ("five minutes five minutes", None, ""),
        ("five seconds two minutes", None, ""),
        ("5 minutes 90", None, ""),
        ("ten minutes of fame", None, ""),
        ("", None, ""),
    ],
)
def test_lengths(said: str, seconds: float | None, again: str) -> None:
    length = read_length(said)
    assert (None if length is None else length.total_s) == seconds
    assert length is None or str(length) == again


@pytest.mark.parametrize(
    ("said", "at"),  # seen from Tuesday 3 March 2026, 3 in the afternoon
    [
        ("half past six", "03T18:30"),
        ("six", "03T18:00"),
        ("3", "04T03:00"),
        ("7 am", "04T07:00"),
        ("7am", "04T07:00"),
        ("7 a.m.", "04T07:00"),
        ("7 p m", "03T19:00"),
        ("7 in the morning", "04T07:00"),
        ("7 tomorrow morning", "04T07:00"),
        ("tomorrow morning at seven", "04T07:00"),
        ("tomorrow at 7", "04T07:00"),
        ("tomorrow at 3", "04T15:00"),
        ("tomorrow at noon", "04T12:00"),
        ("seven thirty", "03T19:30"),
        ("7 30", "03T19:30"),
        ("7:05", "03T19:05"),
        ("07:05", "04T07:05"),
        ("18:30", "03T18:30"),
        ("six oh five", "03T18:05"),
        ("quarter to seven", "03T18:45"),
        ("a quarter past seven", "03T19:15"),
        ("ten to six", "03T17:50"),
        ("twenty five minutes past five", "03T17:25"),
        ("six o'clock", "03T18:00"),
        ("six oclock", "03T18:00"),
        ("noon", "04T12:00"),
        ("midnight", "04T00:00"),
        ("quarter to midnight", "03T23:45"),
        ("tonight at 11", "03T23:00"),
        ("12 tonight", "04T00:00"),
        ("midnight tonight", "04T00:00"),
        ("9 in the evening", "03T21:00"),
        ("friday at 9", "06T09:00"),
        ("on monday at half past eight", "09T08:30"),
        ("tuesday at 4 pm", "03T16:00"),
        ("tuesday at 2 pm", "10T14:00"),
        ("today at 5", "03T17:00"),
        ("today at 9 in the morning", "03T09:00"),
        ("12 am", "04T00:00"),
        ("12 pm", "04T12:00"),
        ("25", None),
        ("7:60", None),
        ("half to seven", None),
        ("breakfast", None),
        ("tomorrow", None),
        ("7 men", None),
        ("", None),
    ],
)
def test_times(said: str, at: str | None) -> None:
    found = read_moment(said, NOW)
    assert (None if found is None else f"{found:%dT%H:%M}") == at


def test_who_wants_to_be_woken_means_the_morning() -> None:
    assert read_moment("half past six", NOW, waking=True) == datetime.fromisoformat("2026-03-04T06:30")
    assert read_moment("half past six", NOW.replace(hour=4), waking=True) == datetime.fromisoformat("2026-03-03T06:30")


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-03-28T07:00", "2026-03-28T06:00"),
        ("2026-03-29T07:00", "2026-03-29T05:00"),  # the night the clocks go forward
        ("2026-03-29T02:30", "2026-03-29T01:30"),  # a time that there is not: half past three
        ("2026-10-25T07:00", "2026-10-25T06:00"),  # the night they go back
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # a time that there is twice: the first
    ],
)
def test_a_wall_clock_time_is_found_through_changes_of_the_clock(wall: str, utc: str) -> None:
    assert instant(datetime.fromisoformat(wall), NOW) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_the_second_of_two_equal_times_is_meant_after_the_first() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC).astimezone(BERLIN)
    assert instant(datetime.fromisoformat("2026-10-25T02:30"), between) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_mere_offset_that_is_the_systems_own_follows_the_systems_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        winter_or_summer = datetime.now().astimezone()
        assert isinstance(winter_or_summer.tzinfo, timezone)
        for wall in map(datetime.fromisoformat, ("2027-01-10T07:00", "2027-07-10T07:00")):
            assert instant(wall, winter_or_summer) == wall.replace(tzinfo=BERLIN).astimezone(UTC)
    finally:
        monkeypatch.undo()
        time.tzset()


def called(text: str) -> tuple[str, dict[str, Any]] | None:
    call = next((found for intent in INTENTS if (found := intent(text, NOW))), None)
    return None if call is None else (call.tool, dict(call.arguments))


TEN: dict[str, Any] = {"minutes": 10}
PASTA: dict[str, Any] = {"label": "pasta"}

COMMANDS: list[tuple[str, str, dict[str, Any]]] = [
    ("set a timer for ten minutes", "set_timer", TEN),
    ("Set a timer for 10 minutes.", "set_timer", TEN),
    ("hey duet could you please set a timer for ten minutes", "set_timer", TEN),
    ("set a pasta timer for 8 and a half minutes", "set_timer", {"minutes": 8.5, "label": "pasta"}),
    ("set a timer for the pasta for ten minutes", "set_timer", {**TEN, **PASTA}),
    ("set a timer called pasta for 10 minutes", "set_timer", {**TEN, **PASTA}),
    ("set a timer for 10 minutes for the pasta", "set_timer", {**TEN, **PASTA}),
    ("set a ten minute timer", "set_timer", TEN),
    ("Set a 10-minute timer", "set_timer", TEN),
    ("start a ten minute pasta timer", "set_timer", {**TEN, **PASTA}),
    ("timer 5 minutes", "set_timer", {"minutes": 5}),
    ("timer for five minutes please", "set_timer", {"minutes": 5}),
    ("5 minute timer", "set_timer", {"minutes": 5}),
    ("start a timer for an hour and a half", "set_timer", {"hours": 1.5}),
    ("set a timer for half an hour", "set_timer", {"hours": 0.5}),
    ("set timer 90 seconds", "set_timer", {"seconds": 90}),
    ("start another timer for one hour and twenty minutes", "set_timer", {"hours": 1, "minutes": 20}),
    ("pasta timer 9 minutes", "set_timer", {"minutes": 9, "label": "pasta"}),
    ("count down from thirty seconds", "set_timer", {"seconds": 30}),
    ("tell me when ten minutes are up", "set_timer", TEN),
    ("set a timer", "set_timer", {}),
    ("wake me at half past six", "set_alarm", {"at": "2026-03-04T06:30"}),
    ("wake me up at half past six", "set_alarm", {"at": "2026-03-04T06:30"}),
    ("wake me up at six thirty tomorrow", "set_alarm", {"at": "2026-03-04T06:30"}),
    ("wake me up in twenty minutes", "set_alarm", {"at": "2026-03-03T15:20:00+01:00"}),
    ("set an alarm for 7 tomorrow morning", "set_alarm", {"at": "2026-03-04T07:00"}),
    ("Set an alarm for 7:15 AM", "set_alarm", {"at": "2026-03-04T07:15"}),
    ("set my alarm for seven", "set_alarm", {"at": "2026-03-03T19:00"}),
    ("set an alarm for noon on friday", "set_alarm", {"at": "2026-03-06T12:00"}),
    ("alarm at 18:30", "set_alarm", {"at": "2026-03-03T18:30"}),
    ("set a 7 am alarm", "set_alarm", {"at": "2026-03-04T07:00"}),
    ("set an alarm called pills for 9 pm", "set_alarm", {"at": "2026-03-03T21:00", "label": "pills"}),
    ("i need to get up at five", "set_alarm", {"at": "2026-03-04T05:00"}),
    ("remind me at 5 pm to call Anna", "set_alarm", {"at": "2026-03-03T17:00", "label": "call Anna"}),
    ("remind me to call Anna at 5 pm", "set_alarm", {"at": "2026-03-03T17:00", "label": "call Anna"}),
    (
        "remind me in ten minutes to turn off the oven",
        "set_alarm",
        {"at": "2026-03-03T15:10:00+01:00", "label": "turn off the oven"},
    ),
    (
        "remind me to turn off the oven in ten minutes",
        "set_alarm",
        {"at": "2026-03-03T15:10:00+01:00", "label": "turn off the oven"},
    ),
    (
        "remind me tomorrow at 9 to water the plants",
        "set_alarm",
        {"at": "2026-03-04T09:00", "label": "water the plants"},
    ),
    ("set an alarm", "set_alarm", {"at": ""}),
    ("how long is left on the pasta timer", "remaining_time", {"kind": "timer", **PASTA}),
    ("how long is left on my timer?", "remaining_time", {"kind": "timer"}),
    ("how much time is left on the timer", "remaining_time", {"kind": "timer"}),
    ("how much time is left", "remaining_time", {}),
    ("how long until my alarm rings", "remaining_time", {"kind": "alarm"}),
    ("how long does the pasta timer have left", "remaining_time", {"kind": "timer", **PASTA}),
    ("when does my alarm go off", "remaining_time", {"kind": "alarm"}),
    ("when is the pasta timer done", "remaining_time", {"kind": "timer", **PASTA}),
    ("check the timer", "remaining_time", {"kind": "timer"}),
    ("what timers are running", "list_timers", {"kind": "timer"}),
    ("which alarms are set?", "list_timers", {"kind": "alarm"}),
    ("list my timers", "list_timers", {"kind": "timer"}),
    ("what alarms do i have", "list_timers", {"kind": "alarm"}),
    ("are there any timers running", "list_timers", {"kind": "timer"}),
    ("do i have an alarm set", "list_timers", {"kind": "alarm"}),
    ("show me all my alarms", "list_timers", {"kind": "alarm"}),
    ("how many timers are running right now", "list_timers", {"kind": "timer"}),
    ("cancel the timer", "cancel_timer", {"kind": "timer"}),
    ("stop the timer please", "cancel_timer", {"kind": "timer"}),
    ("cancel the pasta timer", "cancel_timer", {"kind": "timer", **PASTA}),
    ("cancel the ten minute timer", "cancel_timer", {"kind": "timer", "seconds": 600}),
    ("cancel the timer for ten minutes", "cancel_timer", {"kind": "timer", "seconds": 600}),
    ("cancel all alarms", "cancel_timer", {"kind": "alarm", "all": True}),
    ("delete all my timers", "cancel_timer", {"kind": "timer", "all": True}),
    ("cancel my timers", "cancel_timer", {"kind": "timer", "all": True}),
    ("turn off my alarm", "cancel_timer", {"kind": "alarm"}),
    ("turn the alarm off", "cancel_timer", {"kind": "alarm"}),
    ("cancel my alarm for 7 am", "cancel_timer", {"kind": "alarm", "at": "7 am"}),
    ("delete the seven o'clock alarm", "cancel_timer", {"kind": "alarm", "at": "seven o'clock"}),
]


@pytest.mark.parametrize(("text", "tool", "arguments"), COMMANDS)
def test_commands_are_recognised(text: str, tool: str, arguments: dict[str, Any]) -> None:
    assert called(text) == (tool, arguments)


@pytest.mark.parametrize(("text", "tool", "arguments"), COMMANDS)
def test_commands_are_recognised_as_they_are_heard(text: str, tool: str, arguments: dict[str, Any]) -> None:
    """In lower case without punctuation; only what is written in digits or names may then differ."""
    heard = " ".join("".join(c for c in text.lower() if c.isalnum() or c in " '-:").split())
    found = called(heard)
    assert found is not None
    assert found[0] == tool


NEAR_MISSES = """
how long is a marathon
who invented the timer
what is a timer
what is an egg timer
how does a kitchen timer work
how do i set a timer in python
set a good example for ten minutes
how many minutes are in an hour
how long does it take to boil an egg
how long does pasta take
what is the best alarm clock
alarm
timer
the alarm went off at seven this morning
my alarm did not ring
i set a timer for ten minutes yesterday
why did the fire alarm ring
what time is it
wake me up before you go go
who sang wake me up
remind me who wrote hamlet
remind me of my mother
what does it mean to stop the clock
stop
cancel
cancel my subscription
cancel all meetings
set the table for six
set an example
is the pasta done
how much time does it take to get to mars
time flies
tell me when the war ended
tell me about the time machine
when does the train leave
ten minutes
five minutes later he was gone
a timer is useful
should i set an alarm for seven
what happens when the alarm rings
stop the car alarm from annoying the neighbours
write a function that sets a timer for ten minutes
how long is the movie
how long until christmas
count down the reasons
ring the bell at noon in the story
what is left on the table
"""


@pytest.mark.parametrize("text", NEAR_MISSES.strip().splitlines())
def test_near_misses_are_left_to_the_models(text: str) -> None:
    assert called(text) is None

"""Recognises commands to timers and alarms, as they are typed or heard. Says nothing of what they then do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.tools.base import Call, Intent
from app.tools.phrases import command, first, patterns
from app.tools.timers.lengths import Length, read_length
from app.tools.timers.moments import read_moment

_START = r"(?:set|start|make|create|put on|begin|run|give me|i need|add|set up)"
_A = r"(?:a|an|my|the|another|a new|one)"
_LABEL = r"(?P<label>[\w'&-]+(?: [\w'&-]+){0,3}?)"
_UNITS = r"(?:hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)"
_LENGTH = (
    r"(?P<length>(?:\d|[½¼]|(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"\w+teen|\w+ty|half)\b)"
    r".{0,60}?)"
)
_FOR_WHAT = r"(?:,? (?:for|called|named|labell?ed) (?:the |my |a )?(?P<label>[\w'&-]+(?: [\w'&-]+){0,4}))"

_SET_TIMER = patterns(
    rf"{_START} {_A} timer (?:for|of|to|on)? ?{_LENGTH}{_FOR_WHAT}?",
    rf"{_START} {_A} {_LENGTH} timer{_FOR_WHAT}?",
    rf"(?:{_START} )?{_A} {_LABEL} timer (?:for|of|to) {_LENGTH}",
    rf"{_START} {_A} timer (?:for|called|named|labell?ed) (?:the |my )?{_LABEL} (?:for|of|to) {_LENGTH}",
    rf"{_START} {_A} (?P<length>.{{1,40}}[ -]{_UNITS}) {_LABEL} timer",
    rf"{_START} {_LABEL} timer (?:for|of|to) {_LENGTH}",
    rf"{_START} timer (?:for|of|to)? ?{_LENGTH}",
    rf"(?:{_A} )?timer[,:]? (?:(?:for|of|set for|set to) )?{_LENGTH}{_FOR_WHAT}?",
    rf"(?:{_A} )?{_LENGTH} timer{_FOR_WHAT}?",
    rf"{_LABEL} timer[,:]? (?:for |of )?{_LENGTH}",
    rf"(?:count ?down|start counting down|start a countdown) (?:from|for|of) {_LENGTH}",
    rf"(?:tell me|let me know|ping me|alert me) (?:when|after|in) {_LENGTH}(?: (?:is|are|has|have) (?:up|"
    rf"over|passed|gone))?",
)
_TIMER_WITHOUT_LENGTH = patterns(rf"{_START} {_A} timer", r"set timer")

_WHEN = r"(?P<when>.{1,60})"
_SET_ALARM = patterns(
    rf"(?:wake|get) me (?:up )?(?:at |for |by )?{_WHEN}",
    rf"i (?:want|need|have) to (?:wake|get) up (?:at |by )?{_WHEN}",
    rf"{_START} (?:{_A} )?(?:alarm|alarm clock|wake up call|wake up alarm|wakeup alarm)(?: clock)? (?:for|"
    rf"at|to|on)? ?{_WHEN}",
    rf"{_START} (?:{_A} )?alarm (?:for|called|named|labell?ed) (?:the |my )?{_LABEL} (?:for|at) {_WHEN}",
    rf"{_START} {_A} {_LABEL} alarm (?:for|at) {_WHEN}",
    rf"{_START} {_A} (?P<when>.{{1,30}}) (?:alarm|wake up call)",
    rf"{_START} (?:{_A} )?reminder (?:for|at) {_WHEN} (?:to|called) (?P<label>.{{2,80}})",
    rf"(?:{_A} )?alarm[,:]? (?:(?:for|at|set for) )?{_WHEN}",
    rf"(?:{_A} )?(?P<when>.{{1,30}}) alarm",
    rf"ring (?:me )?(?:at|for) {_WHEN}",
    r"remind me (?:at |on |for )?(?P<when>.{1,40}?) (?:to|about|that|of) (?P<label>.{2,80})",
    rf"remind me (?:to|about|of) (?P<label>.{{2,80}}?) (?:at|on|for|by) {_WHEN}",
    r"remind me (?:to|about|of) (?P<label>.{2,80}?) (?P<when>(?:in|tomorrow|tonight|today|this)\b.{1,40})",
    rf"remind me (?:at |on |for )?{_WHEN}",
)
_WAKES = re.compile(r"\b(?:wake|get) (?:me|up)\b|\bwake ?up\b", re.IGNORECASE)
_IN = re.compile(r"in (.+)|(.+) from now", re.IGNORECASE)
_ALARM_WITHOUT_TIME = patterns(rf"{_START} {_A} alarm(?: clock)?", r"set alarm", r"wake me(?: up)?")

_KIND = r"(?P<kind>timers?|alarms?|reminders?|alarm clocks?|countdowns?)"
_THE = r"(?:the|my|that|this|our|any)"
_NOW = r"(?: (?:now|right now|at the moment|currently|today|please))?"
_RUNNING = r"(?:running|set|active|going|on|going on|left|pending|open)"
_LIST = patterns(
    rf"(?:what|which) {_KIND} (?:are|is) (?:there|{_RUNNING}){_NOW}",
    rf"(?:what|which) {_KIND} (?:do i have|have i got|have i set|did i set)(?: {_RUNNING})?{_NOW}",
    rf"(?:list|show|show me|read|read out|tell me|what are|give me)(?: all)?(?: of)?(?: {_THE})?(?: "
    rf"{_RUNNING})? {_KIND}{_NOW}",
    rf"(?:are|is) there (?:any |an |a )?{_KIND}(?: {_RUNNING})?{_NOW}",
    rf"do i (?:still )?have (?:any |an |a )?{_KIND}(?: {_RUNNING})?(?: for (?:tomorrow|today))?{_NOW}",
    rf"how many {_KIND} (?:are (?:there|{_RUNNING})|do i have|have i set)(?: {_RUNNING})?{_NOW}",
    rf"(?:are|is) (?:any|my) {_KIND} {_RUNNING}{_NOW}",
)
_OF = r"(?:the |my )?(?:(?P<label>[\w'&-]+(?: [\w'&-]+){0,3}?) )?"
_REMAINING = patterns(
    rf"how (?:long|much time|much longer|many minutes|many seconds) (?:is |are |do i have |have i got |"
    rf"does it have |is there |is it )?(?:still )?(?:left )?(?:on|for|of|in|until|till|before) "
    rf"{_OF}{_KIND}(?: (?:has|have) left)?(?: (?:is |goes |to )?(?:up|over|done|off|rings?|runs?))?{_NOW}",
    rf"how (?:long|much time|much longer|many minutes) (?:does|do|has|is|will) {_OF}{_KIND} (?:still )"
    rf"?(?:have|have left|got|left|got left|run|take|need|have to go|still have)(?: left)?{_NOW}",
    rf"(?:how much |the |what is the |what's the |check the )?(?:time left|time remaining|remaining time|"
    rf"time is left|time remains)(?: (?:on|for|of|in) {_OF}{_KIND})?{_NOW}",
    rf"(?:when|what time) (?:does|do|will|is) {_OF}{_KIND} (?:ring|go off|end|finish|stop|be done|done|due|"
    rf"be over|set for|up|over){_NOW}",
    rf"(?:how's|how is|check|check on|what's on|what is on|where is|what about|status of) {_OF}{_KIND}{_NOW}",
    rf"is {_OF}{_KIND} (?:done|over|up|finished|still running|ready)(?: yet)?{_NOW}",
)
_AWAY = (
    r"(?:cancel|stop|delete|remove|clear|end|kill|turn off|switch off|shut off|get rid of|dismiss|abort|drop|"
    r"forget|disable|unset)"
)
_CANCEL_ALL = patterns(
    rf"{_AWAY} (?:all|every|all of|both)(?: of)?(?: {_THE})?(?: {_RUNNING})? ?{_KIND}{_NOW}",
    rf"{_AWAY} (?:all|every|both) (?:timers and alarms|alarms and timers){_NOW}",
    rf"{_AWAY} (?:the |my )?(?:running )?(?P<kind>timers|alarms){_NOW}",
)
_CANCEL = patterns(
    rf"{_AWAY} (?:{_THE} )?{_KIND}{_NOW}",
    rf"{_AWAY} (?:{_THE} )?alarm (?:for|at|set for) (?P<at>.{{1,30}})",
    rf"{_AWAY} (?:{_THE} )?timer (?:for|of) {_LENGTH}",
    rf"{_AWAY} (?:{_THE} )?{_KIND} (?:for|called|named|labell?ed) (?:the |my )?(?P<label>[\w'&-]+(?: [\w'&-]+){{0,3}})",
    rf"{_AWAY} (?:{_THE} )?(?P<which>[\w'&:.-]+(?: [\w'&:.-]+){{0,4}}) {_KIND}{_NOW}",
    rf"turn (?:{_THE} )?(?:(?P<label>[\w'&-]+) )?{_KIND} off",
)
_NO_LABEL = frozenset(
    "a an the my your his her their our this that these those any some all no new another same first last "
    "next invented "
    "best longest good who what how why when where is are was were of for in on to with and or about cheap".split()
)
"""Words that are no label: what stands before "timer" is then no command of ours."""


def timer_intent(text: str, now: datetime) -> Call | None:
    """Setting a timer."""
    said = command(text)
    for pattern in _SET_TIMER:
        found = pattern.fullmatch(said)
        if found is None:
            continue
        length = read_length(found["length"])
        label = _label(found.groupdict().get("label"))
        if length is not None and label is not None:
            return _timer(length, label)
    if first(said, _TIMER_WITHOUT_LENGTH):
        return Call("set_timer", {})
    return None


def alarm_intent(text: str, now: datetime) -> Call | None:
    """Setting an alarm; one "in twenty minutes" is an alarm too, since that is what the user called it."""
    said = command(text)
    for pattern in _SET_ALARM:
        found = pattern.fullmatch(said)
        if found is None:
            continue
        label = _label(found.groupdict().get("label"))
        at = _when(found["when"], now, waking=_WAKES.search(said) is not None)
        if at is not None and label is not None:
            return Call("set_alarm", {"at": at, **({"label": label} if label else {})})
    if first(said, _ALARM_WITHOUT_TIME):
        return Call("set_alarm", {"at": ""})
    return None


def list_intent(text: str, now: datetime) -> Call | None:
    """What is set?"""
    found = first(command(text), _LIST)
    return Call("list_timers", _kind(found)) if found else None


def remaining_intent(text: str, now: datetime) -> Call | None:
    """How long is left?"""
    found = first(command(text), _REMAINING)
    if found is None:
        return None
    label = _label(found.groupdict().get("label"))
    if label is None:
        return None
    kind = _kind(found) if found["kind"] else {}
    return Call("remaining_time", {**kind, **({"label": label} if label else {})})


def cancel_intent(text: str, now: datetime) -> Call | None:
    """Away with it."""
    said = command(text)
    if found := first(said, _CANCEL_ALL):
        return Call("cancel_timer", {**_kind(found), "all": True})
    found = first(said, _CANCEL)
    if found is None:
        return None
    groups = found.groupdict()
    if groups.get("at"):
        at = groups["at"]
        return Call("cancel_timer", {"kind": "alarm", "at": at}) if read_moment(at, now) else None
    if groups.get("length"):
        length = read_length(groups["length"])
        return Call("cancel_timer", {"kind": "timer", "seconds": length.total_s}) if length else None
    if groups.get("which"):
        return _cancel_that(groups["which"], _kind(found), now)
    label = _label(groups.get("label"))
    return None if label is None else Call("cancel_timer", {**_kind(found), **({"label": label} if label else {})})


def _cancel_that(which: str, kind: Mapping[str, str], now: datetime) -> Call | None:
    """ "the ten minute timer", "the 7 o'clock alarm", "the pasta timer"."""
    length = read_length(which)
    if kind.get("kind") == "timer" and length is not None:
        return Call("cancel_timer", {**kind, "seconds": length.total_s})
    if kind.get("kind") == "alarm" and read_moment(which, now) is not None:
        return Call("cancel_timer", {**kind, "at": which})
    label = _label(which)
    return Call("cancel_timer", {**kind, "label": label}) if label else None


def _timer(length: Length, label: str) -> Call:
    parts = {"hours": length.hours, "minutes": length.minutes, "seconds": length.seconds}
    arguments: dict[str, Any] = {unit: value for unit, value in parts.items() if value}
    return Call("set_timer", {**arguments, **({"label": label} if label else {})})


def _when(text: str, now: datetime, *, waking: bool) -> str | None:
    """What `text` says as ISO 8601: a time of the clock is local, "in twenty minutes" an instant with its offset."""
    ahead = _IN.fullmatch(text)
    if ahead is not None and (length := read_length(ahead[1] or ahead[2])) is not None:
        due = now.astimezone(UTC) + timedelta(seconds=length.total_s)
        return due.astimezone(now.tzinfo).isoformat(timespec="seconds")
    at = read_moment(text, now, waking=waking)
    return None if at is None else at.isoformat(timespec="minutes")


def _label(said: str | None) -> str | None:
    """The label, "" for none, and None where these words cannot be one."""
    if said is None:
        return ""
    words = said.lower().split()
    return None if words[0] in _NO_LABEL or words[-1] in _NO_LABEL else said


def _kind(found: re.Match[str]) -> dict[str, str]:
    said = found.groupdict().get("kind")
    if said is None or said.lower().startswith("reminder"):
        return {}
    return {"kind": "alarm" if said.lower().startswith("alarm") else "timer"}


INTENTS: tuple[Intent, ...] = (timer_intent, alarm_intent, list_intent, remaining_intent, cancel_intent)

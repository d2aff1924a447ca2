"""The bench `echo`: does Duet interrupt itself when its own voice comes back, and does it still hear the user?

Most of it runs the front end faster than real time, an hour of echo in a minute or two: each start of speech while only
the echo sounds is counted as a false interruption, though the listener may still let the answer go on. The baseline is
the same detector without echo cancellation, and for users who are missed without any echo. At the end the whole program
tells stories in one of the rooms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.audio.base import HOP, SAMPLE_RATE, Samples
from app.audio.frontend import Finding, FrontEnd, SpeechStart, Stir
from app.audio.room import Room
from app.bench.bargein import STORY, TOPICS
from app.bench.booth import booth
from app.bench.corpus.makers import long_speech, plain_turns
from app.bench.corpus.narrator import ASSISTANT
from app.bench.corpus.rooms import rooms
from app.bench.corpus.sound import silence
from app.bench.corpus.turns import SpokenTurn
from app.bench.rows import Bench, Budget, Row, single
from app.bench.rows import Samples as Collected
from app.events import Interrupted, PlaybackHeld
from app.settings import Settings

ALONE_S = 60.0
"""Echo without a user, in each room."""

BASELINE_S = 20.0
"""So much of it is enough for the baseline, which is interrupted every few seconds."""

FIRST_S, FIRSTS = 6.0, 4
"""Length of a first answer, which meets a canceller that knows nothing of the room, and how many there are in each."""

FIRST_USER_S = 2.5
"""When a user speaks over a first answer."""

USERS = 8
"""Interruptions in each room."""

EVERY_S = 6.0
"""From one interruption to the next."""

OVER_S = 0.7
"""Silence after which an utterance is closed here, whoever spoke it."""

FALSE_S = 3.0
"""And an utterance of echo at the latest after so long: the answer would have stopped, and the next one begun."""

LATE_S = 0.3
"""A start that comes so long after the user's last sample is none of theirs."""

WHOLE = Room(level_db=-12.0, delay_s=0.06)
WHOLE_S = 20.0
"""The room of the whole program, and how long it talks there."""


@dataclass(slots=True)
class Tally:
    """What was counted; `heard_ms` from a user's first voiced sample to the start of speech."""

    alone_s: float = 0.0
    starts: int = 0
    stirs: int = 0
    users: int = 0
    missed: int = 0
    heard_ms: list[float] = field(default_factory=list)


async def echo(settings: Settings) -> Bench:
    """Budgets: no false interruption, and at most 2 % of the real ones missed."""
    far = (await long_speech(ALONE_S, ASSISTANT)).samples
    users = await plain_turns(USERS, seed=3)
    ours, without, first, headset = Tally(), Tally(), Tally(), Tally()
    await asyncio.to_thread(spoken_over, np.zeros_like(far), users, None, without)
    for room in rooms():
        await asyncio.to_thread(alone, far, room, True, ours)
        await asyncio.to_thread(alone, far[: round(BASELINE_S * SAMPLE_RATE)], room, False, without)
        await asyncio.to_thread(spoken_over, far, users, room, ours)
        for answer, user in zip(first_answers(far), users, strict=False):
            await asyncio.to_thread(alone, answer, room, True, first)
            await asyncio.to_thread(spoken_over, answer, [user], room, first, FIRST_USER_S)
    for answer, user in zip(first_answers(far) * 2, users, strict=True):
        await asyncio.to_thread(spoken_over, answer, [user], None, headset, FIRST_USER_S)
    rows = (*echo_rows(ours, without), *first_rows(first, headset), *await _whole(settings))
    notes = (f"{len(rooms())} rooms, {ours.alone_s / 3600:.2g} h", "baseline: no cancellation; no echo")
    return Bench(name="echo", rows=rows, notes=notes)


def alone(far: Samples, room: Room, cancelling: bool, tally: Tally) -> None:
    """Only the echo: whatever is found is false."""
    for _, finding in findings(room.echo(far), far if cancelling else None, FALSE_S):
        tally.starts += isinstance(finding, SpeechStart)
        tally.stirs += isinstance(finding, Stir)
    tally.alone_s += len(far) / SAMPLE_RATE


def first_answers(far: Samples) -> list[Samples]:
    """`FIRSTS` stretches of `far`, each with the silence before it that every answer has."""
    length = round(FIRST_S * SAMPLE_RATE)
    return [np.concatenate([silence(0.5), far[n * length : (n + 1) * length]]) for n in range(FIRSTS)]


def spoken_over(
    far: Samples, users: Sequence[SpokenTurn], room: Room | None, tally: Tally, every_s: float = EVERY_S
) -> None:
    """Users speak over the echo, one after the other, the first after `every_s`; with no room there is no echo.

    `far` is long enough for all of them.
    """
    near = np.zeros_like(far) if room is None else room.echo(far)
    spans = []
    for number, user in enumerate(users, 1):
        at = round(number * every_s * SAMPLE_RATE)
        near[at : at + len(user.samples)] += user.samples
        spans.append((at / SAMPLE_RATE + user.start_s, at / SAMPLE_RATE + user.end_s))
    found = findings(np.clip(near, -1.0, 1.0), far)
    starts = [at_s for at_s, finding in found if isinstance(finding, SpeechStart)]
    for start_s, end_s in spans:
        tally.users += 1
        mine = [at_s for at_s in starts if start_s <= at_s <= end_s + LATE_S]
        tally.missed += not mine
        tally.heard_ms += [(mine[0] - start_s) * 1000] if mine else []


def findings(near: Samples, far: Samples | None, longest_s: float = 60.0) -> Iterator[tuple[float, Finding]]:
    """What the front end finds, and the second at which it does.

    Utterances are closed after `OVER_S` of silence, and `longest_s` after they began.
    """
    front, began_s = FrontEnd(), 0.0
    for first in range(0, len(near) - HOP + 1, HOP):
        played = None if far is None else far[first : first + HOP]
        for finding in front.push(near[first : first + HOP], played if played is not None and played.any() else None):
            began_s = front.now_s if isinstance(finding, SpeechStart) else began_s
            yield front.now_s, finding
        if front.speaking and (front.silence_s >= OVER_S or front.now_s - began_s >= longest_s):
            front.end()


def first_rows(first: Tally, headset: Tally) -> tuple[Row, ...]:
    """The table of first answers: what the canceller does before it has learnt the room, or that there is no echo."""
    rows = [
        single(
            "first answers: false interruptions per hour",
            3600 * first.starts / first.alone_s,
            "1/h",
            first.starts,
            None,
            Budget(limit=0.0),
        )
    ]
    for what, tally in (("first answers", first), ("first answers, headset", headset)):
        share = 100 * tally.missed / tally.users
        rows.append(single(f"{what}: real ones missed", share, "%", tally.users, None, Budget(limit=2.0)))
        if tally.heard_ms:
            rows.append(Collected(measure=f"{what}: to start of speech", unit="ms", values=tally.heard_ms).row())
    return tuple(rows)


def echo_rows(ours: Tally, without: Tally) -> tuple[Row, ...]:
    """The table of the front end with and without cancellation."""
    hours, hours_without = ours.alone_s / 3600, without.alone_s / 3600
    rows = [
        single(
            "false interruptions per hour",
            ours.starts / hours,
            "1/h",
            ours.starts,
            without.starts / hours_without,
            Budget(limit=0.0),
        ),
        single("false holds per hour", ours.stirs / hours, "1/h", ours.stirs, without.stirs / hours_without),
        single(
            "real interruptions missed",
            100 * ours.missed / ours.users,
            "%",
            ours.users,
            100 * without.missed / without.users,
            Budget(limit=2.0),
        ),
    ]
    if ours.heard_ms:
        heard = Collected(measure="user's first voiced sample to start of speech", unit="ms", values=ours.heard_ms)
        rows.append(heard.row())
    if without.heard_ms:
        quiet = Collected(measure="the same without an echo", unit="ms", values=without.heard_ms)
        rows.append(quiet.row())
    return tuple(rows)


async def _whole(settings: Settings) -> tuple[Row, ...]:
    """The whole program in one room: how often it interrupts or holds its own story."""
    async with booth(settings, room=WHOLE) as seat:
        began_s, told = seat.now_s, 0
        for topic in TOPICS:
            asked_s, told = seat.now_s, told + 1
            telling = asyncio.create_task(seat.duet.ask(STORY.format(topic), planner=False, speak=True))
            await asyncio.wait({telling}, timeout=began_s + WHOLE_S - asked_s)
            if seat.now_s >= began_s + WHOLE_S:
                break
        interrupted, held = len(seat.since(Interrupted, began_s)), len(seat.since(PlaybackHeld, began_s))
        await seat.rest()
        await asyncio.wait({telling})
    room = f"whole program, {WHOLE}"
    return (
        single(f"interruptions by itself, {room}", interrupted, "times", told, None, Budget(limit=0.0)),
        single(f"holds by itself, {room}", held, "times", told),
    )

"""The bench `bargein`: how soon the answer falls silent when the user speaks, and whether a cough lets it go on.

Duet tells a long story; while it sounds, the user murmurs, coughs, knocks, and at last interrupts in earnest. What
stopped when is read from the speaker's recording. The baseline is a detector that stops at so much voiced sound in a
row, run on the same sounds.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from app.audio.base import HOP, SAMPLE_RATE
from app.bench.booth import Booth, booth
from app.bench.corpus.makers import backchannels, plain_turns
from app.bench.corpus.noises import coughs, knocks, throats
from app.bench.corpus.turns import SpokenTurn
from app.bench.naive import voiced_hops
from app.bench.rows import Bench, Budget, Row, Samples, single
from app.errors import DuetError, EngineUnavailable
from app.events import Interrupted, PlaybackHeld, PlaybackStarted
from app.settings import Settings
from app.store import Turn

Telling = asyncio.Task[Turn]

ROUNDS = 8
"""Stories, each interrupted once, with two disturbances before."""

STORY = "Tell me a long story about {}. Use many sentences."
TOPICS = ("a fox", "the sea", "an old clock", "a lost key", "two brothers", "the winter", "a small train", "a garden")

TELL_S = 1.2
"""How long the answer has sounded before the next thing happens."""

WATCH_S = 3.5
"""How long is looked at what came of it: longer than any hold may last."""

MISSED_S = 2.0
"""An answer that still sounds so long after the user's first voiced sample was not interrupted."""

LIMIT = Budget(limit=150.0, of="p95")

NAIVE_VOICED_S = 0.5
"""Of the baseline: LiveKit's default for the least speech that interrupts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What the answer did after something was said over it.

    silent_after_s: from the first voiced sample to the last audible one of the answer, None where it went on.
    interrupted: whether the program gave the answer up. held: whether it fell silent for a moment.
    """

    said: SpokenTurn
    silent_after_s: float | None
    interrupted: bool
    held: bool


async def bargein(settings: Settings) -> Bench:
    """Budget: 150 ms from the user's first voiced sample to the answer's last audible one, p95."""
    real = await plain_turns(ROUNDS, seed=2)
    murmurs = await backchannels(ROUNDS, seed=2)
    noises = [*coughs(ROUNDS // 2, 2), *knocks(ROUNDS // 4, 2), *throats(ROUNDS // 4, 2)]
    reactions: list[Reaction] = []
    async with booth(settings) as seat:
        for topic, *said in zip(itertools.cycle(TOPICS), murmurs, noises, real, strict=False):
            reactions += await _story(seat, STORY.format(topic), said)
    return Bench(
        name="bargein", rows=bargein_rows(reactions), notes=(f"baseline: stops at {NAIVE_VOICED_S:g} s voiced",)
    )


async def _story(seat: Booth, question: str, said: Sequence[SpokenTurn]) -> list[Reaction]:
    """Have a story told and say things over it, one after the other; it is asked for again where it has ended."""
    reactions = []
    telling: Telling | None = None
    try:
        for each in said:
            if telling is None or not await _sounding(seat):
                telling = await _begin(seat, question, telling)
            reactions.append(await react(seat, each))
            if reactions[-1].interrupted:
                await _end(seat, telling)
                telling = None
    finally:
        await _end(seat, telling)
    return reactions


async def react(seat: Booth, said: SpokenTurn) -> Reaction:
    """Say something over an answer that sounds, and watch what it does."""
    began_s = seat.microphone.say(said.samples)
    voiced_s = began_s + said.start_s
    await seat.reach(voiced_s + max(WATCH_S, said.end_s - said.start_s + MISSED_S))
    interruptions = seat.since(Interrupted, voiced_s)
    others = [event.at_s for event in seat.since(PlaybackStarted, voiced_s) if event.at_s is not None]
    until_s = min(others, default=seat.now_s)  # there the answer to what was said begins
    return Reaction(
        said=said,
        silent_after_s=silent_after(seat.last_audible(voiced_s, until_s), voiced_s, until_s),
        interrupted=bool(interruptions),
        held=bool(seat.since(PlaybackHeld, voiced_s)),
    )


def silent_after(last_s: float | None, voiced_s: float, until_s: float) -> float | None:
    """From the first voiced sample to the last audible one at `last_s`; None where it still sounded to the end.

    An answer that was just between two sentences, and never sounded again, was silent at once.
    """
    if last_s is None:
        return 0.0
    return None if last_s > until_s - 0.5 or last_s > voiced_s + MISSED_S else last_s - voiced_s


def naive_stop_s(said: SpokenTurn) -> float | None:
    """When the baseline would have stopped the answer, from the first voiced sample; None where it would not."""
    voiced = 0
    for index, hop in enumerate(voiced_hops(said.samples)):
        voiced = voiced + 1 if hop else 0
        if voiced * HOP / SAMPLE_RATE >= NAIVE_VOICED_S:
            return (index + 1) * HOP / SAMPLE_RATE - said.start_s
    return None


def bargein_rows(reactions: Sequence[Reaction]) -> tuple[Row, ...]:
    """The table. Raises `EngineUnavailable` where no interruption was noticed."""
    real = [each for each in reactions if each.said.kind == "plain"]
    stopped = Samples(measure="first voiced sample to last audible of the answer", unit="ms")
    for each in real:
        if each.interrupted and each.silent_after_s is not None:
            naive_s = naive_stop_s(each.said)
            stopped.add(each.silent_after_s * 1000, 1000 * (MISSED_S if naive_s is None else naive_s))
    if not stopped.values:
        raise EngineUnavailable("No interruption was noticed, so nothing can be measured.")
    rows = [stopped.row(LIMIT), _share("interruptions missed", [not each.interrupted for each in real], None)]
    for kind in ("backchannel", "cough", "throat", "knock"):
        these = [each for each in reactions if each.said.kind == kind]
        if these:
            naive = [naive_stop_s(each.said) is not None for each in these]
            rows.append(_share(f"answer given up for: {kind}", [each.interrupted for each in these], naive))
    others = [each for each in reactions if each.said.kind != "plain"]
    if others:
        rows.append(_share("answer held for a moment, of these", [each.held for each in others], None))
    return tuple(rows)


def _share(measure: str, cases: Sequence[bool], baseline: Sequence[bool] | None) -> Row:
    share = 100 * sum(baseline) / len(baseline) if baseline else None
    return single(measure, 100 * sum(cases) / len(cases), "%", len(cases), share)


async def _begin(seat: Booth, question: str, before: Telling | None) -> Telling:
    """Ask for a story and wait until it has sounded for a while."""
    await _end(seat, before)
    asked_s = seat.now_s
    telling = asyncio.create_task(seat.duet.ask(question, planner=False, speak=True))
    if (first_s := await seat.audible(asked_s, 15.0)) is None:
        await _end(seat, telling)
        raise EngineUnavailable("Duet told no story, so it could not be interrupted; try: duet doctor.")
    await seat.reach(first_s + TELL_S)
    return telling


async def _sounding(seat: Booth) -> bool:
    """Whether the answer still goes on, and for long enough to be spoken over."""
    return seat.duet.assistant.speaking and seat.speaker.pending_s > TELL_S


async def _end(seat: Booth, telling: Telling | None) -> None:
    """End what is being told, and forget it."""
    await seat.rest()
    if telling is not None:
        with suppress(DuetError):
            await telling

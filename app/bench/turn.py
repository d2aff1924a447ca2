"""The benches `turn` and `commit`: how soon an answer sounds, after the user's last speech sample and after the commit.

Each turn is also held the naive way (`naive`), right after, as the baseline.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.bench.booth import booth
from app.bench.naive import SILENCE_S, NaiveTurn, naive_turn
from app.bench.rows import Bench, Budget, Row, Samples, single
from app.bench.turns import HeardTurn, answered, hold_turn, questions
from app.settings import Settings

TURNS = 11
COMMITS = 8
MARKS_AGREE_MS = 20.0
"""How far the program's marks may lie from the recording of the speaker."""


async def turn(settings: Settings) -> Bench:
    """Budgets with the starter engines on two cores: 500 ms median, 800 ms p95."""
    said, note = await questions(TURNS)
    held: list[HeardTurn] = []
    naive: list[NaiveTurn] = []
    async with booth(settings) as seat:
        await hold_turn(seat, said[-1])  # the first turn of a process pays for everybody's caches
        for each in said:
            held.append(await hold_turn(seat, each))
            await seat.rest()
            naive.append(await naive_turn(seat.duet, each))
        engines = ", ".join(worker.model for worker in seat.duet.workers.values() if worker.name != "planner")
    notes = (engines, note, f"baseline: {SILENCE_S:g} s of silence, then each part in turn")
    return Bench(name="turn", rows=turn_rows(held, naive), notes=notes)


def turn_rows(held: Sequence[HeardTurn], naive: Sequence[NaiveTurn]) -> tuple[Row, ...]:
    """The table of turns and of their baselines, in the same order."""
    good = answered(held)
    baseline = {id(each): base.latency_ms for each, base in zip(held, naive, strict=True)}
    latency = Samples(measure="last speech sample to first audible", unit="ms")
    people = Samples(measure="the same, recordings of people", unit="ms")
    for each in good:
        assert each.latency_ms is not None
        latency.add(each.latency_ms, baseline[id(each)])
        if each.turn.kind == "recording":
            people.add(each.latency_ms, baseline[id(each)])
    rows = [latency.row(Budget(limit=500, of="median"), Budget(limit=800, of="p95"))]
    rows += [people.row()] if people.values else []
    rows += _parts(good)
    count = len(held)
    rows.append(
        single(
            "cut off in mid-turn",
            100 * sum(each.cut_off for each in held) / count,
            "%",
            count,
            100 * sum(each.cut_off for each in naive) / count,
        )
    )
    silent = sum(each.audible_s is None for each in held)
    rows.append(single("not answered", 100 * silent / count, "%", count))
    errors = [each.word_errors for each in held]
    share = 100 * sum(wrong for wrong, _ in errors) / sum(words for _, words in errors)
    rows.append(single("words misheard", share, "%", sum(words for _, words in errors)))
    return tuple(rows)


def _parts(good: Sequence[HeardTurn]) -> list[Row]:
    """Where the time goes, and whether the marks tell the truth."""
    waited = Samples(measure="of it: last speech sample to commit", unit="ms")
    after = Samples(measure="of it: commit to first audible", unit="ms")
    playback = Samples(measure="mark of playback, off by", unit="ms")
    ended = Samples(measure="mark of the end of speech, off by", unit="ms")
    for each in good:
        assert each.audible_s is not None
        if each.committed_s is not None:
            waited.add((each.committed_s - each.end_s) * 1000)
            after.add((each.audible_s - each.committed_s) * 1000)
        if each.playback_s is not None:
            playback.add(abs(each.audible_s - each.playback_s) * 1000)
        if each.speech_end_s is not None:
            ended.add(abs(each.speech_end_s - each.end_s) * 1000)
    agree = Budget(limit=MARKS_AGREE_MS, of="worst")
    rows = [each.row() for each in (waited, after) if each.values]
    rows += [playback.row(agree)] if playback.values else []
    return rows + ([ended.row()] if ended.values else [])


async def commit(settings: Settings) -> Bench:
    """Budget: 50 ms median from the commit to the first audible sample."""
    said, note = await questions(COMMITS)
    async with booth(settings) as seat:
        await hold_turn(seat, said[-1])
        held = answered([await hold_turn(seat, each) for each in said])
    return Bench(name="commit", rows=(commit_row(held),), notes=(note,))


def commit_row(held: Sequence[HeardTurn]) -> Row:
    """The table of turns that were answered."""
    after = Samples(measure="commit to first audible sample", unit="ms")
    for each in held:
        if each.audible_s is not None and each.committed_s is not None:
            after.add((each.audible_s - each.committed_s) * 1000)
    return after.row(Budget(limit=50, of="median"))

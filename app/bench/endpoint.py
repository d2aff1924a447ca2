"""The bench `endpoint`: turns cut off against the wait at their end, the endpointer beside a fixed silence.

Spoken turns with pauses inside, by voices and with sentences that nothing was fitted on, go once through the real front
end and the recogniser of the settings, faster than real time. Then the endpointer (beginning without habits for each
speaker, and learning) and fixed silences decide on the very same pauses. Budget: half the cut-offs at the same median
latency; beside it the same at the same mean, which the endpointer's longer waits raise. The recordings of people are no
held-out data: the waits without words and after a long pause were chosen with two of them in mind. Pauses of the
synthetic speakers are too short for a turn to be lost beyond the join, so that row says something of other data only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from statistics import fmean, median

from app.bench.corpus.recordings import WITHOUT, recordings
from app.bench.endpointing.judge import (
    Outcome,
    Session,
    adaptive,
    fixed,
    share_of,
    silence_for,
    silence_for_share,
)
from app.bench.endpointing.replay import hear_all
from app.bench.endpointing.spoken import sessions
from app.bench.rows import Bench, Budget, Row, Samples
from app.settings import Settings

BUDGET = Budget(limit=0.5)
PAUSED = ("hesitation", "clause", "two part", "dictation")


async def endpoint(settings: Settings) -> Bench:
    """False cut-offs and latency. Turns in which the front end heard no end are left out and noted."""
    spoken = await sessions("held_out")
    turns = [*chain.from_iterable(spoken), *recordings()]
    heard = await hear_all(turns, settings)
    synthetic: list[Session] = []
    at = 0
    for session in spoken:
        synthetic.append(heard[at : at + len(session)])
        at += len(session)
    people = [heard[at:]] if heard[at:] else []
    lost = sum(each.end is None for each in heard)
    notes = (
        f"hearing: {settings.hearing.engine}",
        f"{at} turns by {len(spoken)} synthetic speakers with pauses of 0.15 to 1.2 s",
        f"{len(people[0])} recordings of people" if people else WITHOUT,
        *([f"{lost} turns without an end left out"] if lost else []),
    )
    return Bench(name="endpoint", rows=tuple(rows(synthetic, people)), notes=notes)


def rows(synthetic: Sequence[Session], people: Sequence[Session] = ()) -> list[Row]:
    """All figures of what was heard. Shares are in percent of the turns; their p95 and worst are over speakers."""
    ours = [adaptive(session) for session in synthetic]
    all_ours = list(chain.from_iterable(ours))
    latencies = [outcome.latency_s for outcome in all_ours]
    same_median = silence_for(synthetic, median(latencies))
    same_mean = silence_for(synthetic, fmean(latencies), mean=True)
    by_median = [fixed(session, same_median) for session in synthetic]
    by_mean = [fixed(session, same_mean) for session in synthetic]
    found = [
        _share(f"turns cut off, same median ({1000 * same_median:.0f} ms fixed)", ours, by_median, _cut, BUDGET),
        _share(f"turns cut off, same mean ({1000 * same_mean:.0f} ms fixed)", ours, by_mean, _cut),
        _share(f"cut off and not joined ({1000 * same_median:.0f} ms fixed)", ours, by_median, _lost),
        _latency("last word -> commit, all turns, vs fixed of as many cut-offs", all_ours, synthetic),
        _latency(
            "last word -> commit, without a pause, words known",
            [outcome for outcome in all_ours if _kind(outcome) not in PAUSED and _worded(outcome)],
        ),
    ]
    for kind in PAUSED:
        pairs = [
            [[outcome for outcome in session if _kind(outcome) == kind] for session in side]
            for side in (ours, by_median)
        ]
        found.append(_share(f"cut off: {kind} (same median)", pairs[0], pairs[1], _cut))
    plain = [adaptive(session, learn=False) for session in synthetic]
    found.append(_share("turns cut off without learning (same median)", plain, by_median, _cut))
    if people:
        recorded = [adaptive(session) for session in people]
        beside = [fixed(session, same_median) for session in people]
        found.append(_share("recordings cut off (same median)", recorded, beside, _cut))
        found.append(_share("recordings cut off and not joined", recorded, beside, _lost))
        found.append(_latency("last word -> commit, recordings", list(chain.from_iterable(recorded))))
    return found


def _share(
    measure: str,
    ours: Sequence[Sequence[Outcome]],
    theirs: Sequence[Sequence[Outcome]],
    true: Callable[[Outcome], bool],
    budget: Budget | None = None,
) -> Row:
    """A row of shares in percent: over all turns, and the 95th percentile and the worst of the speakers."""
    speakers = Samples(measure=measure, unit="%")
    for session in ours:
        speakers.add(100 * share_of(session, true))
    spread = speakers.row()
    share = share_of(list(chain.from_iterable(ours)), true)
    other = share_of(list(chain.from_iterable(theirs)), true)
    ratio = round(share / other, 3) if other else None
    return Row(
        measure=measure,
        median=round(100 * share, 2),
        p95=spread.p95,
        worst=spread.worst,
        unit="%",
        n=sum(map(len, ours)),
        baseline=round(100 * other, 2),
        ratio=ratio,
        budget=None if budget is None else str(budget),
        ok=None if budget is None or ratio is None else budget.holds(ratio),
    )


def _latency(measure: str, ours: Sequence[Outcome], beside: Sequence[Session] = ()) -> Row:
    """Milliseconds; beside them the fixed silence that cuts off as many of the turns."""
    collected = Samples(measure=measure, unit="ms")
    theirs: list[float] = []
    if beside:
        silence = silence_for_share(beside, share_of(ours, _cut))
        theirs = [1000 * outcome.latency_s for session in beside for outcome in fixed(session, silence)]
    for place, outcome in enumerate(ours):
        collected.add(1000 * outcome.latency_s, theirs[place] if theirs else None)
    return collected.row()


def _cut(outcome: Outcome) -> bool:
    return outcome.cut


def _lost(outcome: Outcome) -> bool:
    return outcome.lost


def _worded(outcome: Outcome) -> bool:
    """Whether the recogniser understood anything: what has no words gets no answer."""
    return bool(outcome.heard.end and outcome.heard.end.evidence.words)


def _kind(outcome: Outcome) -> str:
    return outcome.heard.turn.kind

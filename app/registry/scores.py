"""Scores of models by role, from what was measured on this machine; they advise and never switch anything.

Everything that a model did in turns of a role counts: as the one that answered, or as the one that thought again (in
turns of dialogue that is the role planning). Up to `WINDOW` of the latest answers are looked at. Four parts, each
between 0 and 1:

- quality: share of the answers that were judged and not corrected; unknown below `LEAST_JUDGED`. An answer is judged by
  the second thought, and before that by the user who chose one of the two, which judges the second thought as well.
- reliability: share of the requests that ended in an answer (no error, no missed deadline, nobody had to stand in).
- latency: of the median first token of answers, 1 at `QUICK_S`, 0 at `SLOW_S`, by its logarithm in between, since
  twice as long is as much worse at any length. Unknown of a model that only thought again: nobody waits for that.
- cost: the same of the median seconds of work on an answer, between `CHEAP_S` and `DEAR_S`.

score = sum(weight * part) / sum(weight) over the parts that are known, with the weights of the mode. The capped scale
is what "1 / latency" lacks, which lets one very quick model outweigh any number of wrong answers, and the fixed ends
keep a score from moving because another model was tried. Below `LEAST_SAMPLES` there is no score.

A model is advised only if it is better even with quality and reliability at the lower ends of their intervals
(Wilson's, 95 % one-sided: E. B. Wilson 1927) than the one that plays the role is as measured, by `MARGIN`, with the
same parts known.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, median

from app.registry.roles import Weights, cast, mode, model_name
from app.settings import ROLES, Settings
from app.store.records import Performance

REFLEX = "reflex"
"""What turns have for a model when a tool obeyed a command: no model's doing."""

WINDOW = 200
LEAST_SAMPLES = 20
LEAST_JUDGED = 10
QUICK_S, SLOW_S = 0.25, 8.0
CHEAP_S, DEAR_S = 1.0, 60.0
MARGIN = 0.03
Z = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One request to a model. kept: whether the answer stood when it was judged, None where it was not.

    first_token_s: None for a second thought and for what failed. work_s: seconds for all of the answer.
    """

    role: str
    model: str
    answered: bool
    kept: bool | None = None
    first_token_s: float | None = None
    work_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a model has done in a role. The parts and `value` are None where too little is known; times in s.

    cautious: the score with the shares at the lower ends of their intervals.
    """

    role: str
    model: str
    samples: int
    judged: int
    quality: float | None
    reliability: float
    latency: float | None
    cost: float | None
    first_token_s: float | None
    work_s: float | None
    value: float | None
    cautious: float | None

    @property
    def known(self) -> frozenset[str]:
        """The parts that `value` is made of."""
        return frozenset(name for name in Weights.model_fields if getattr(self, name) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """`model` has done better in a role than `current`, which plays it. `reference` is None where no setting has it."""

    role: str
    model: str
    current: str
    reference: str | None
    text: str


def samples(performances: Iterable[Performance]) -> Iterator[Sample]:
    """What each turn says of the models in it. An answer that the user cut short says nothing of time."""
    for turn in performances:
        for model in turn.fell_back:
            yield Sample(role=turn.role, model=model, answered=False)
        if turn.answer_model and turn.answer_model != REFLEX:
            yield _answer(turn)
        if turn.refinement_model and turn.verdict not in (None, "skipped"):
            yield Sample(
                role="planning" if turn.role == "dialogue" else turn.role,
                model=turn.refinement_model,
                answered=turn.verdict != "failed",
                kept=turn.kept == "refined" if turn.kept else None,
                work_s=turn.refinement_ms / 1000 if turn.refinement_ms and turn.verdict != "failed" else None,
            )


def _answer(turn: Performance) -> Sample:
    first_s = turn.first_token_ms / 1000 if turn.state == "done" and turn.first_token_ms is not None else None
    work_s = first_s + turn.tokens / turn.tokens_per_s if first_s is not None and turn.tokens_per_s else first_s
    judged = turn.verdict in ("agree", "add", "correct") and turn.state == "done"
    kept = turn.kept == "first" if turn.kept else turn.verdict != "correct"
    return Sample(
        role=turn.role,
        model=turn.answer_model,
        answered=turn.state != "failed",
        kept=kept if judged else None,
        first_token_s=first_s,
        work_s=work_s,
    )


def scores(performances: Sequence[Performance], weights: Weights) -> list[Score]:
    """One score for each model and role, the best of a role first. `performances` come newest first."""
    groups: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples(performances):
        group = groups[sample.role, sample.model]
        if len(group) < WINDOW:
            group.append(sample)
    found = [_score(role, model, group, weights) for (role, model), group in groups.items()]
    order = {role: number for number, role in enumerate(ROLES)}
    return sorted(found, key=lambda s: (order.get(s.role, len(order)), -(s.value if s.value is not None else -1)))


def _score(role: str, model: str, group: Sequence[Sample], weights: Weights) -> Score:
    judged = [sample.kept for sample in group if sample.kept is not None]
    answered = sum(sample.answered for sample in group)
    first_s = _median(sample.first_token_s for sample in group)
    work_s = _median(sample.work_s for sample in group)
    enough = len(judged) >= LEAST_JUDGED
    parts = {
        "quality": sum(judged) / len(judged) if enough else None,
        "reliability": answered / len(group),
        "latency": None if first_s is None else goodness(first_s, QUICK_S, SLOW_S),
        "cost": None if work_s is None else goodness(work_s, CHEAP_S, DEAR_S),
    }
    cautious = parts | {
        "quality": wilson(sum(judged), len(judged)) if enough else None,
        "reliability": wilson(answered, len(group)),
    }
    scored = len(group) >= LEAST_SAMPLES
    return Score(
        role=role,
        model=model,
        samples=len(group),
        judged=len(judged),
        quality=parts["quality"],
        reliability=answered / len(group),
        latency=parts["latency"],
        cost=parts["cost"],
        first_token_s=first_s,
        work_s=work_s,
        value=weighted(parts, weights) if scored else None,
        cautious=weighted(cautious, weights) if scored else None,
    )


def _median(seconds: Iterable[float | None]) -> float | None:
    known = [each for each in seconds if each is not None]
    return median(known) if known else None


def goodness(seconds: float, best: float, worst: float) -> float:
    """1 at `best` seconds and below, 0 at `worst` and above, falling with the logarithm between them."""
    return min(max(math.log(worst / max(seconds, 1e-6)) / math.log(worst / best), 0.0), 1.0)


def wilson(successes: int, tries: int) -> float:
    """The lower end of Wilson's interval for a share, 95 % one-sided; 0 of no tries."""
    if not tries:
        return 0.0
    share, z2 = successes / tries, Z * Z
    centre = share + z2 / (2 * tries)
    return (centre - Z * math.sqrt(share * (1 - share) / tries + z2 / (4 * tries * tries))) / (1 + z2 / tries)


def weighted(parts: Mapping[str, float | None], weights: Weights) -> float | None:
    """The weighted mean of the parts that are known; None where they have no weight at all."""
    known = [(getattr(weights, name), part) for name, part in parts.items() if part is not None]
    total = sum(weight for weight, _ in known)
    return sum(weight * part for weight, part in known) / total if total else None


def advise(found: Sequence[Score], settings: Settings) -> list[Advice]:
    """For each role the model that has done better than the one that plays it, where there is one."""
    return [advice for role in ROLES if (advice := _advice(role, found, settings)) is not None]


def _advice(role: str, found: Sequence[Score], settings: Settings) -> Advice | None:
    current = model_name(settings, cast(settings, role).models[0])
    of_role = {score.model: score for score in found if score.role == role and score.value is not None}
    mine = of_role.get(current)
    if mine is None or mine.value is None:
        return None
    better = [
        score
        for score in of_role.values()
        if score.known == mine.known and score.cautious is not None and score.cautious > mine.value + MARGIN
    ]
    if not better:
        return None
    best = max(better, key=lambda score: score.cautious or 0.0)
    references = {model_name(settings, reference): reference for reference in _references(settings)}
    reference = references.get(best.model)
    command = f"; to use it: `duet models use {role} {reference}`" if reference else "."
    return Advice(
        role=role,
        model=best.model,
        current=current,
        reference=reference,
        text=f"For {role}, {best.model} has done better here than {current} ({best.value:.2f} against {mine.value:.2f} "
        f"in {best.samples} and {mine.samples} answers){command}",
    )


def _references(settings: Settings) -> Iterator[str]:
    """Every model that the settings name."""
    for role in ROLES:
        yield from cast(settings, role).models
    yield from ("starter", settings.models.fast, settings.models.planner)
    yield from (f"server:{name}" for name, server in settings.servers.items() if server.base_url and server.model)


def current_scores(performances: Sequence[Performance], settings: Settings) -> tuple[list[Score], list[Advice]]:
    """The scores with the weights of the settings' mode, and what follows from them."""
    found = scores(performances, mode(settings).weights)
    return found, advise(found, settings)

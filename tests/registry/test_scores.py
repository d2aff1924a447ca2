"""Scores: what counts, what is too little to say anything, and when another model is advised."""

from __future__ import annotations

from typing import Any

import pytest

from app.registry.roles import Weights, modes
from app.registry.scores import (
    LEAST_JUDGED,
    LEAST_SAMPLES,
    WINDOW,
    advise,
    goodness,
    samples,
    scores,
    wilson,
)
from app.settings import Settings
from app.store import Performance

BALANCED = modes()["balanced"].weights


def turn(**values: Any) -> Performance:
    known: dict[str, Any] = {
        "role": "dialogue",
        "answer_model": "small",
        "state": "done",
        "first_token_ms": 250.0,
        "tokens": 11,
        "tokens_per_s": 10.0,
        "verdict": "agree",
        "refinement_model": None,
        "refinement_ms": None,
    }
    return Performance(**{**known, **values})


def test_what_a_turn_says_of_its_models() -> None:
    found = list(
        samples([turn(role="dialogue", refinement_model="big", refinement_ms=4000.0, fell_back=("gone", "gone too"))])
    )
    assert [(s.role, s.model, s.answered) for s in found] == [
        ("dialogue", "gone", False),
        ("dialogue", "gone too", False),
        ("dialogue", "small", True),
        ("planning", "big", True),
    ]
    assert (found[2].kept, found[2].first_token_s, found[2].work_s) == (True, 0.25, pytest.approx(1.35))
    assert (found[3].kept, found[3].first_token_s, found[3].work_s) == (None, None, 4.0)


def test_what_was_cut_short_or_not_judged_says_nothing_of_quality_and_time() -> None:
    (cut,) = samples([turn(state="interrupted", verdict="correct")])
    assert (cut.answered, cut.kept, cut.first_token_s) == (True, None, None)
    (skipped,) = samples([turn(verdict="skipped", refinement_model="big")])
    assert skipped.kept is None
    answer, thought = samples([turn(verdict="failed", refinement_model="big", refinement_ms=9.0, role="code")])
    assert answer.kept is None
    assert (thought.role, thought.answered, thought.work_s) == ("code", False, None)


def test_a_command_that_a_tool_obeyed_is_no_models_doing() -> None:
    assert list(samples([turn(answer_model="reflex", first_token_ms=None, verdict="skipped")])) == []


def test_what_the_user_chose_counts_before_the_second_thought() -> None:
    thought = {"verdict": "correct", "refinement_model": "big", "refinement_ms": 9.0}
    first, second = samples([turn(**thought, kept="first")])
    assert (first.kept, second.kept) == (True, False)
    first, second = samples([turn(**thought, kept="refined")])
    assert (first.kept, second.kept) == (False, True)


def test_the_score_is_the_weighted_mean_of_its_parts() -> None:
    turns = [turn(verdict="correct" if n < 5 else "agree") for n in range(18)] + [
        turn(state="failed", verdict=None)
    ] * 2
    (score,) = scores(turns, BALANCED)
    assert (score.samples, score.judged) == (20, 18)
    assert score.quality == pytest.approx(13 / 18)
    assert score.reliability == pytest.approx(0.9)
    assert score.latency == 1.0
    assert score.cost == pytest.approx(goodness(1.35, 1.0, 60.0))
    assert score.value == pytest.approx(0.5 * 13 / 18 + 0.25 * 0.9 + 0.15 + 0.1 * score.cost)
    assert score.cautious is not None
    assert score.cautious < score.value


def test_a_part_that_is_unknown_leaves_its_weight_to_the_others() -> None:
    thought = {"answer_model": "", "refinement_model": "big", "refinement_ms": 1000.0}
    (score,) = scores([turn(**thought)] * LEAST_SAMPLES, BALANCED)
    assert score.known == {"reliability", "cost"}
    assert score.value == pytest.approx(1.0)


def test_too_few_samples_make_no_score_and_too_few_verdicts_no_quality() -> None:
    (score,) = scores([turn()] * (LEAST_SAMPLES - 1), BALANCED)
    assert (score.value, score.cautious) == (None, None)
    (score,) = scores([turn()] * (LEAST_JUDGED - 1) + [turn(verdict=None)] * 20, BALANCED)
    assert score.quality is None
    assert score.value is not None


def test_only_the_latest_count() -> None:
    old = [turn(state="failed", verdict=None)] * 500
    (score,) = scores([turn()] * WINDOW + old, BALANCED)
    assert (score.samples, score.reliability) == (WINDOW, 1.0)


@pytest.mark.parametrize(
    ("seconds", "part"), [(0.0, 1.0), (0.25, 1.0), (8.0, 0.0), (1e9, 0.0), (2**0.5, 0.5), (1e-300, 1.0)]
)
def test_time_is_capped_at_both_ends_and_counts_by_its_logarithm(seconds: float, part: float) -> None:
    assert goodness(seconds, 0.25, 8.0) == pytest.approx(part)


def test_a_very_quick_wrong_model_does_not_outweigh_a_right_one() -> None:
    quick = [turn(answer_model="quick", first_token_ms=0.001, verdict="correct")] * 40
    right = [turn(answer_model="right", first_token_ms=2000.0)] * 40
    for mode in modes().values():
        best, worst = scores(quick + right, mode.weights)
        assert (best.model, worst.model) == ("right", "quick")


def test_weights_of_nothing_make_no_score() -> None:
    (score,) = scores([turn()] * 30, Weights(quality=0, reliability=0, latency=0, cost=0))
    assert score.value is None


def test_wilsons_lower_end() -> None:
    assert wilson(0, 0) == 0.0
    assert wilson(20, 20) == pytest.approx(0.8808, abs=1e-3)
    assert wilson(9, 10) == pytest.approx(0.6526, abs=1e-3)


def played(role: str, model: str, right: int, wrong: int) -> list[Performance]:
    return [turn(role=role, answer_model=model)] * right + [
        turn(role=role, answer_model=model, verdict="correct")
    ] * wrong


SETTINGS = Settings.model_validate(
    {"models": {"planner": "/m/small.gguf"}, "roles": {"tools": {"model": "/m/big.gguf"}}}
)


def test_a_model_that_is_surely_better_is_advised_with_its_command() -> None:
    found = scores(played("code", "small", 20, 20) + played("code", "big", 40, 0), BALANCED)
    (advice,) = advise(found, SETTINGS)
    assert (advice.role, advice.model, advice.current, advice.reference) == ("code", "big", "small", "/m/big.gguf")
    assert advice.text.startswith("For code, big has done better here than small (0.")
    assert advice.text.endswith("`duet models use code /m/big.gguf`")


@pytest.mark.parametrize(
    "others",
    [
        played("code", "big", 21, 0),  # not sure enough
        played("code", "big", 19, 0),  # too few
        [turn(role="code", answer_model="", refinement_model="big", refinement_ms=1.0)] * 100,  # quality unknown
        played("summary", "big", 100, 0),  # another role
    ],
)
def test_a_model_that_may_be_better_by_chance_is_not_advised(others: list[Performance]) -> None:
    assert advise(scores(played("code", "small", 36, 4) + others, BALANCED), SETTINGS) == []


def test_a_role_whose_model_is_not_measured_gets_no_advice() -> None:
    assert advise(scores(played("code", "big", 100, 0), BALANCED), SETTINGS) == []

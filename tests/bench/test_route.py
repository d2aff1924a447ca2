"""The bench `route`: its phrases and their sides, the fit, the arithmetic, and what its figures must not fall below."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.assistant.routing.classifier import FIGURES, ROLES, WEIGHTS, Role, trained
from app.bench.endpointing.logistic import Sample
from app.bench.endpointing.logistic import fit as fit_two
from app.bench.route import route
from app.bench.routing import make
from app.bench.routing.judge import (
    Judged,
    accuracy,
    best_threshold,
    calibration_error,
    gain,
    judge,
    majority,
    possible,
    precision_recall,
)
from app.bench.routing.phrases import Phrase, load_phrases, of
from app.bench.routing.softmax import fit, probabilities
from app.bench.routing.train import LengthOnly, fingerprint, fitted
from app.errors import BadInput
from app.files import resource
from app.settings import Settings


def phrase(role: Role, text: str = "x") -> Phrase:
    return Phrase(split="held_out", role=role, group=f"{role}: g", form="typed", hard=False, text=text)


def held(role: Role, best: Role, chance: float) -> Judged:
    rest = (1 - chance) / (len(ROLES) - 1)
    return Judged(phrase(role), {each: chance if each == best else rest for each in ROLES})


# -- the phrases -----------------------------------------------------------------------------------------------


def test_the_file_is_what_the_templates_make() -> None:
    assert list(load_phrases()) == make.phrases()


def test_there_are_enough_of_every_kind_on_every_side() -> None:
    phrases = load_phrases()
    assert len(phrases) >= 1000
    for side, least in (("train", 40), ("calibrate", 12), ("held_out", 25)):
        for role in ROLES:
            assert len([p for p in of(side, phrases) if p.role == role]) >= 2 * least, (side, role)  # type: ignore[arg-type]
        assert {p.form for p in of(side, phrases)} == {"typed", "heard", "misheard"}  # type: ignore[arg-type]
        assert any(p.hard for p in of(side, phrases))  # type: ignore[arg-type]


def test_no_meaning_and_no_wording_is_on_two_sides() -> None:
    phrases = load_phrases()
    sides: dict[str, set[str]] = {}
    for each in phrases:
        sides.setdefault(each.group, set()).add(each.split)
        sides.setdefault(f"wording: {make.as_heard(each.text) or each.text}", set()).add(each.split)
    assert [name for name, found in sides.items() if len(found) > 1] == []


def test_no_template_is_written_twice() -> None:
    templates = [
        template
        for written in make.WRITTEN.values()
        for part in written
        for group in make.read_groups(part).values()
        for template in group
    ]
    assert sorted({t for t in templates if templates.count(t) > 1}) == []


def test_what_is_heard_has_small_letters_and_number_words() -> None:
    assert make.as_heard("What's 17 % of 2340?") == "what's seventeen of two thousand three hundred and forty"
    assert make.as_heard("def f(x): return x") == ""
    assert make.as_heard("Wie heißt du?") == ""


def test_mishearings_that_are_judged_are_not_learnt() -> None:
    learnt, unseen = (make.mishear("write a note", side, make.Random(1)) for side in ("train", "held_out"))  # type: ignore[arg-type]
    assert learnt != unseen
    assert all(first != second for first, second in make.MISHEARD.values())


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"text": "x"}',
        '{"split": "train", "role": "chat", "group": "g", "form": "typed", "hard": false, "text": "x"}',
        '{"split": "train", "role": "code", "group": "g", "form": "typed", "hard": false, "text": ""}',
    ],
)
def test_a_line_that_is_no_phrase_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "phrases.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 2"):
        load_phrases(file)
    with pytest.raises(BadInput, match="cannot be read"):
        load_phrases(tmp_path / "none.jsonl")


# -- the fit ---------------------------------------------------------------------------------------------------


def test_with_two_classes_it_is_logistic_regression() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=(200, 3))
    true = x @ np.array([1.0, -2.0, 0.5]) + random.normal(size=200) > 0.3
    coefficients, bias = fit(x, true.astype(np.intp), 2, ridge=2.0)
    # Two columns of c/2 and -c/2 cost half of what one of c costs: a ridge of 2 is one of 1.
    samples = [
        Sample({"a": row[0], "b": row[1], "c": row[2], "bias": 1.0}, bool(label))
        for row, label in zip(x.tolist(), true, strict=True)
    ]
    expected = fit_two(samples, ridge=1.0)
    found = [*(coefficients[:, 1] - coefficients[:, 0]), bias[1] - bias[0]]
    assert found == pytest.approx([expected[name] for name in ("a", "b", "c", "bias")], abs=2e-3)


def test_at_the_end_the_likelihood_cannot_be_raised() -> None:
    random = np.random.default_rng(2)
    for columns in (5, 200):  # fewer than rows, and more
        x, labels = random.normal(size=(90, columns)), random.integers(0, 3, 90)
        coefficients, bias = fit(x, labels, 3, ridge=0.5)
        excess = probabilities(x @ coefficients + bias) - np.eye(3)[labels]
        assert np.abs(x.T @ excess + 0.5 * coefficients).max() < 0.1
        assert np.abs(excess.sum(axis=0)).max() < 0.01


def test_the_figures_were_made_from_these_phrases() -> None:
    assert trained().provenance["phrases"] == fingerprint(), "run: python -m app.bench.routing.train"
    again = fitted(of("train", load_phrases()), trained().provenance["ridge"])
    for text in ("Write a script.", "Plan a trip to Rome.", "Good morning.", "Shorten this.", "put milk on the list"):
        assert again.scores(text) == pytest.approx(trained().scores(text), abs=0.05)


def test_they_are_small() -> None:
    assert sum(resource(*name).stat().st_size for name in (WEIGHTS, FIGURES)) < 500_000


# -- the figures -----------------------------------------------------------------------------------------------


def test_accuracy_counts_dont_know_as_dialogue() -> None:
    judged = [held("code", "code", 0.9), held("code", "code", 0.5), held("dialogue", "code", 0.5)]
    assert accuracy(judged) == pytest.approx(2 / 3)
    assert accuracy(judged, 0.6) == pytest.approx(2 / 3)
    assert [each.route(0.6) for each in judged] == ["code", "dialogue", "dialogue"]
    assert [each.unsure(0.6) for each in judged] == [False, True, True]
    assert not held("code", "dialogue", 0.3).unsure(0.6), "dialogue needs no doubt"


def test_precision_and_recall() -> None:
    judged = [held("code", "code", 0.9), held("tools", "code", 0.9), held("code", "summary", 0.9)]
    assert precision_recall(judged, "code", 0.5) == (0.5, 0.5)
    assert precision_recall(judged, "tools", 0.5) == (None, 0.0)


def test_calibration_error() -> None:
    honest = [held("code", "code", 0.75)] * 3 + [held("tools", "code", 0.75)]
    assert calibration_error(honest) == pytest.approx(0.0)
    boastful = [held("code", "code", 0.95), held("tools", "code", 0.95)]
    assert calibration_error(boastful) == pytest.approx(0.45)
    assert calibration_error([*honest, *boastful]) == pytest.approx(0.45 * 2 / 6)


def test_a_wrong_route_costs_two_right_ones() -> None:
    judged = [held("code", "code", 0.9), held("code", "code", 0.8), held("tools", "code", 0.7)]
    assert gain(judged, 0.0) == pytest.approx(0.0)
    assert gain(judged, 0.75) == pytest.approx(2 / 3)
    assert gain(judged, 0.95) == 0.0
    assert best_threshold(judged) == pytest.approx(0.71)
    assert possible([*judged, held("dialogue", "code", 0.9)]) == pytest.approx(3 / 4)


def test_the_majority_is_that_of_what_was_learnt() -> None:
    learnt = [phrase("tools"), phrase("tools"), phrase("code")]
    assert majority(learnt, [held("tools", "code", 0.5), held("code", "code", 0.5)]) == 0.5


# -- what they must not fall below -------------------------------------------------------------------------------


def test_unseen_phrases_find_their_role_far_better_than_by_length_or_by_majority() -> None:
    phrases = load_phrases()
    learnt, unseen = of("train", phrases), of("held_out", phrases)
    classifier = trained()
    judged = judge(unseen, classifier.probabilities)
    by_length = accuracy(judge(unseen, LengthOnly.of(learnt).probabilities))
    assert accuracy(judged) >= 0.75
    assert accuracy(judged) >= by_length + 0.25
    assert accuracy(judged) >= majority(learnt, judged) + 0.4
    assert accuracy(judged, classifier.threshold) >= by_length + 0.2
    assert calibration_error(judged) < 0.06


def test_where_a_wrong_route_costs_it_is_never_worse_than_no_router() -> None:
    threshold = trained().threshold
    judged = judge(of("held_out", load_phrases()), trained().probabilities)
    assert gain(judged, threshold) > 0.2
    for role in ROLES[1:]:
        routed = [each for each in judged if each.route(threshold) == role]
        assert gain(routed, threshold) > 0, role


async def test_the_bench_tells_all_of_it() -> None:
    bench = await route(Settings())
    rows = {row.measure: row for row in bench.rows}
    assert {
        "reading the classifier",
        "right, all, vs length only",
        "right, all, vs the most frequent role",
        "calibration error",
        "don't know",
        "gain over all dialogue, vs length only",
        "a plan",
        *(f"recall, {role}" for role in ROLES),
        *(f"precision, {role}" for role in ROLES),
    } <= rows.keys()
    figures = json.loads(resource(*FIGURES).read_text(encoding="utf-8"))["provenance"]["held out"]
    assert rows["right, all, vs length only"].median == pytest.approx(100 * figures["accuracy"], abs=0.1)
    assert rows["a plan"].median < 1000
    assert rows["gain over all dialogue, vs length only"].ok

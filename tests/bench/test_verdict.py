"""The labelled pairs are whole and fairly split, the bench counts right, and the judge keeps its budgets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.bench.verdict import Pair, by_claims, load_pairs, score, similarity_judge, verdict
from app.errors import BadInput
from app.settings import Settings

PAIRS = load_pairs()


def test_there_are_enough_pairs_and_the_verdicts_are_balanced_in_both_halves() -> None:
    assert len(PAIRS) >= 480
    counts = Counter((pair.split, pair.verdict) for pair in PAIRS)
    for split in ("tune", "unseen"):
        of_split = [counts[split, name] for name in ("agree", "add", "correct")]
        assert max(of_split) <= 1.15 * min(of_split)
    assert len({(pair.q, pair.a, pair.b) for pair in PAIRS}) == len(PAIRS)


def test_no_question_is_in_both_halves() -> None:
    tune, unseen = ({pair.q for pair in PAIRS if pair.split == split} for split in ("tune", "unseen"))
    assert not tune & unseen


async def test_the_judge_keeps_its_budgets_and_is_better_than_shared_words() -> None:
    found = await verdict(Settings())
    rows = {row.measure: row for row in found.rows}
    for measure in ("precision", "recall"):
        row = rows[f"unseen: {measure} of correct, vs shared words"]
        assert row.ok, row
    for measure in ("precision of correct", "right"):  # who corrects nearly always has the better recall
        row = rows[f"unseen: {measure}, vs shared words"]
        assert row.baseline is not None
        assert row.median > row.baseline + 0.2
    always = rows["unseen: recall of correct, vs always agree"]
    assert always.baseline == 0


def test_shares_are_counted_per_verdict() -> None:
    def pair(a: str, label: str) -> Pair:
        return Pair("?", a, "", label, "", "tune")  # type: ignore[arg-type]

    pairs = [pair("correct", "correct"), pair("correct", "agree"), pair("agree", "correct"), pair("add", "add")]
    shares = score(lambda _, a, __: a, pairs)  # type: ignore[arg-type,return-value]
    assert shares["right"] == 0.5
    assert (shares["precision of correct"], shares["recall of correct"]) == (0.5, 0.5)
    assert (shares["precision of add"], shares["recall of agree"]) == (1.0, 0.0)


def test_the_judge_of_shared_words_is_the_best_of_its_grid() -> None:
    half = [pair for pair in PAIRS if pair.split == "tune"]
    assert score(similarity_judge(half), half)["right"] > score(lambda *_: "agree", half)["right"]
    assert score(by_claims, half)["right"] > score(similarity_judge(half), half)["right"]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"q": "a"}', '{"q":"a","a":"b","b":"c","verdict":"maybe","kind":"x","split":"tune"}']
)
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"q":"a","a":"b","b":"c","verdict":"add","kind":"x","split":"tune"}\n' + line, encoding="utf-8")
    with pytest.raises(BadInput, match="line 2"):
        load_pairs(path)

"""The bench `endpoint`: its arithmetic on scripted pauses, its texts, its fit, and one turn through the real parts."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from app.assistant.endpointing import EndpointSettings, Evidence
from app.bench.corpus.recordings import recordings
from app.bench.corpus.turns import SpokenTurn
from app.bench.endpoint import rows
from app.bench.endpointing.judge import adaptive, fixed, silence_for, silence_for_share
from app.bench.endpointing.logistic import Sample, fit
from app.bench.endpointing.replay import Heard, Pause, hear_all
from app.bench.endpointing.spoken import VOICES, sessions, speakers
from app.bench.endpointing.texts import as_whisper_writes, cuts, load_turns, plain
from app.bench.endpointing.train import said_until
from app.errors import BadInput
from app.settings import Settings

DONE, OPEN = Evidence("what is the weather in paris"), Evidence("what is the weather in")


def heard(*pauses: tuple[float, Evidence], end: Evidence = DONE, kind: str = "hesitation") -> Heard:
    """A turn whose front end is 10 ms late, with pauses of these lengths before its end at 5 s."""
    turn = SpokenTurn(samples=np.zeros(0, np.float32), kind=kind, text="", start_s=0.3, end_s=5.0)
    found = [Pause(1.0 + place, evidence, length) for place, (length, evidence) in enumerate(pauses)]
    return Heard(turn, (*found, Pause(5.01, end, None)))


def test_a_fixed_silence_cuts_what_pauses_longer() -> None:
    session = [heard((0.5, OPEN)), heard((0.3, OPEN)), heard()]
    assert [outcome.cut for outcome in fixed(session, 0.4)] == [True, False, False]
    assert [round(outcome.latency_s, 3) for outcome in fixed(session, 0.4)] == [0.41] * 3


def test_speech_that_goes_on_long_after_the_commit_is_lost() -> None:
    (soon,), (late,) = fixed([heard((1.3, OPEN))], 0.4), fixed([heard((1.5, OPEN))], 0.4)
    assert (soon.cut, soon.lost, late.cut, late.lost) == (True, False, True, True)


def test_an_end_that_was_missed_is_a_cut_off() -> None:
    whole = heard()
    (missed,) = fixed([Heard(whole.turn, (Pause(4.0, DONE, None),))], 0.4)
    assert missed.cut
    assert missed.latency_s < 0


def test_the_endpointer_spares_open_words_and_is_quick_after_finished_ones() -> None:
    session = [heard((0.6, OPEN)), heard()]
    assert not any(outcome.cut for outcome in adaptive(session))
    quick, open_end = adaptive([heard(), heard(end=OPEN)], learn=False)
    assert quick.latency_s < open_end.latency_s


def test_it_learns_from_turn_to_turn_but_not_from_what_it_never_noticed() -> None:
    slow = [heard((1.0, OPEN))] * 30 + [heard(end=OPEN)]
    assert adaptive(slow)[-1].latency_s > adaptive(slow, learn=False)[-1].latency_s
    hasty = EndpointSettings(longest_s=0.2)
    lost = [heard((1.4, OPEN))] * 30 + [heard(end=OPEN)]
    assert all(outcome.lost for outcome in adaptive(lost, hasty)[:-1])


def test_a_turn_whose_end_was_not_heard_is_left_out() -> None:
    whole = heard((0.3, OPEN))
    assert adaptive([Heard(whole.turn, whole.pauses[:1])]) == fixed([Heard(whole.turn, ())], 0.3) == []


def test_the_fixed_silence_of_the_same_latency() -> None:
    sessions = [[heard(), heard((0.5, OPEN))]]
    assert silence_for(sessions, 0.51) == pytest.approx(0.5)
    assert silence_for(sessions, 0.51, mean=True) == pytest.approx(0.5)
    assert silence_for_share(sessions, 0.0) == 0.5
    with pytest.raises(ValueError, match="no silence"):
        silence_for_share([[heard((30.0, OPEN))]], 0.0)


def test_the_rows_hold_both_sides_and_the_budget() -> None:
    sessions = [[heard((0.6, OPEN)), heard((0.7, OPEN)), heard(kind="plain")] for _ in range(3)]
    by_name = {row.measure.partition(" (")[0]: row for row in rows(sessions, [[heard((0.84, OPEN), kind="recording")]])}
    cut = by_name["turns cut off, same median"]
    assert (cut.median, cut.worst, cut.baseline, cut.ratio, cut.ok, cut.n) == (0.0, 0.0, 66.67, 0.0, True, 9)
    assert by_name["recordings cut off"].baseline == 100.0
    latency = by_name["last word -> commit, all turns, vs fixed of as many cut-offs"]
    assert latency.ratio is not None
    assert latency.ratio < 1
    assert rows(sessions)[-1].measure.startswith("turns cut off without learning")


def test_tuned_and_judged_turns_have_no_sentence_and_no_voice_in_common() -> None:
    texts = {split: {turn.text for turn in load_turns() if turn.split == split} for split in ("tune", "held_out")}
    assert texts["tune"]
    assert not texts["tune"] & texts["held_out"]
    assert not set(VOICES["tune"]) & set(VOICES["held_out"])
    assert len({speaker.pause_s for speaker in speakers("held_out")}) == len(VOICES["held_out"])


def test_cuts_count_as_much_as_wholes() -> None:
    found = [cut for cut in cuts("tune") if cut.text == plain(cut.text)]
    assert {cut.complete for cut in found} == {True, False}
    wholes = sum(cut.weight for cut in found if cut.complete)
    assert 0.8 * wholes < sum(cut.weight for cut in found if not cut.complete) < 2.5 * wholes


def test_whisper_marks_ends_more_often_than_not() -> None:
    random = Random(1)
    whole = [as_whisper_writes("Is it late?", True, random) for _ in range(200)]
    part = [as_whisper_writes("Is it", False, random) for _ in range(200)]
    assert sum(text.endswith("?") for text in whole) > 150
    assert len(set(part)) >= 4


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "no json",
        '{"split": "tune", "kind": "odd", "text": "x"}',
        '{"split": "tune", "kind": "plain", "text": " | x"}',
    ],
)
def test_a_line_that_is_no_turn_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "turns.jsonl"
    path.write_text('{"split": "tune", "kind": "plain", "text": "Yes."}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 2"):
        load_turns(path)


def test_the_fit_finds_what_made_the_data() -> None:
    rng = np.random.default_rng(3)
    samples = []
    for _ in range(4000):
        a, b = rng.normal(size=2).tolist()
        over = rng.random() < 1 / (1 + np.exp(-(0.5 + 2.0 * a - 1.0 * b)))
        samples.append(Sample({"bias": 1.0, "a": a, "b": b}, bool(over)))
    found = fit(samples, ridge=1e-3)
    assert found == pytest.approx({"bias": 0.5, "a": 2.0, "b": -1.0}, abs=0.2)
    bound = fit(samples, ridge=1e-3, rising=("b",))
    assert bound["b"] == 0.0
    assert bound["a"] > 1.5


async def test_a_spoken_turn_through_the_front_end_and_the_recogniser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUET_HOME", str(tmp_path))
    monkeypatch.setattr(
        "app.bench.endpointing.spoken.load_turns", lambda: [t for t in load_turns() if PAUSED in t.text]
    )
    turns = [turn for session in await sessions("tune") for turn in session]
    (found,) = await hear_all(turns, Settings())
    assert found.end is not None
    assert found.end.at_s == pytest.approx(turns[0].end_s, abs=0.1)
    inside = [pause for pause in found.pauses if pause.length_s is not None and pause.length_s >= 0.2]
    made = [end - start for start, end in turns[0].pauses if end - start > 0.15]
    assert [pause.length_s for pause in inside] == pytest.approx(made, abs=0.1)
    assert found.end.evidence.words
    said = said_until(found, Random(0))
    assert len(said) == len(inside) + 1


PAUSED = "book a table for two"


async def test_no_recording_of_a_person_loses_its_end_and_a_president_is_not_cut_off() -> None:
    people = recordings()
    if not people:
        pytest.skip("no recordings of people are on this machine")
    outcomes = adaptive(await hear_all(people, Settings()))
    assert len(outcomes) == len(people)
    assert not any(outcome.lost for outcome in outcomes)
    cut = {outcome.heard.turn.voice for outcome in outcomes if outcome.cut}
    assert not cut & {"jfk.flac", "weather_question.wav", "living_room_light_en.wav"}
    assert len(cut) <= 2

"""How long to wait: bounds, direction of every kind of evidence, and what is missing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.endpointing import Endpointer, EndpointSettings, Evidence, PauseHabits
from app.assistant.endpointing.decision import Coefficients, fitted
from app.audio.prosody import Prosody

QUESTION = "what is the weather in paris"
OPEN = "what is the weather in"


def voice(fades_db: float = -6.0, pitch_st: float | None = 0.0, slope: float | None = 0.0) -> Prosody:
    return Prosody(
        pitch_slope=slope,
        pitch_end_st=pitch_st,
        energy_slope_db_s=8 * fades_db,
        end_drop_db=fades_db,
        voiced_s=1.5,
        periodic_share=0.8,
    )


FINAL, LEVEL = voice(-18.0, -5.0, -30.0), voice(-1.0, 0.5, 2.0)


def wait(words: str | None, prosody: Prosody | None = None, turn: float | None = None, **more: object) -> float:
    return Endpointer().wait_s(Evidence(words, prosody, turn, **more)).wait_s  # type: ignore[arg-type]


def test_a_finished_question_is_committed_soon_and_an_open_one_late() -> None:
    assert 0.2 <= wait(QUESTION, FINAL) <= 0.4
    assert wait(QUESTION, LEVEL) <= 0.4
    assert wait(OPEN, LEVEL) > wait(QUESTION, LEVEL) + 0.25
    assert wait("What is the weather in...", LEVEL) >= 1.0


def test_american_presidents_are_not_cut_off() -> None:
    """jfk.flac pauses 0.84 s after these words; the starter does not even hear any there."""
    assert wait("And so, my fellow Americans,", LEVEL) > 0.84
    assert wait(None, LEVEL) > 1.16  # which is what the front end makes of the pause, with the breath after it


def test_what_is_not_known_yet_makes_the_wait_longer() -> None:
    for prosody in (None, FINAL, LEVEL):
        assert wait(None, prosody) > wait(QUESTION, prosody)
        assert wait("", prosody) == wait(None, prosody) == wait("  ", prosody)
    assert wait(None) <= 1.5
    assert wait(QUESTION, None) < 0.8


def test_the_voice_counts_within_its_bounds() -> None:
    assert wait(QUESTION, FINAL) <= wait(QUESTION, LEVEL)
    assert wait(OPEN, FINAL) < wait(OPEN, LEVEL)
    exaggerated = voice(-1000.0, -1000.0, -1000.0)
    assert wait(OPEN, exaggerated) > wait(QUESTION, LEVEL)
    assert wait(OPEN, voice(-6.0, None, None)) <= 1.5


def test_a_voice_that_ends_high_without_rising_keeps_the_floor() -> None:
    held_up = voice(-18.0, 1.5, 0.0)
    assert wait(QUESTION, held_up) > 1.0
    assert wait(QUESTION, voice(-18.0, 5.0, -20.0)) > 1.0  # a fall that has not got down yet
    assert wait(QUESTION + ".", held_up) < wait(QUESTION, held_up)  # punctuation outweighs some of it
    assert wait(QUESTION, voice(-18.0, 1.5, 30.0)) < 0.5  # it asks
    assert wait(QUESTION, voice(-18.0, 12.0, 0.0)) < 0.5  # an octave off
    assert wait(QUESTION, voice(-18.0, 1.5, None)) < 0.5  # a single tone has no contour


def test_a_turn_model_moves_the_wait_both_ways() -> None:
    waits = [wait("the lamp in the hall", None, p) for p in (0.999999, 0.9, 0.5, 0.1, 0.0)]
    assert waits == sorted(waits)
    assert waits[0] < wait("the lamp in the hall") < waits[-1]


@given(st.sampled_from([QUESTION, OPEN, None, "um", "yes"]), st.floats(0, 1), st.floats(-60, 60), st.floats(-1e3, 1e3))
def test_every_wait_lies_within_the_bounds(words: str | None, turn: float, fades: float, slope: float) -> None:
    decision = Endpointer().wait_s(Evidence(words, voice(fades, slope, slope), turn, 1.0))
    assert 0.2 <= decision.wait_s <= 1.5
    assert decision.why


@given(st.lists(st.floats(-8, 8), min_size=2, max_size=2), st.integers(0, 60))
def test_more_complete_words_never_wait_longer(odds: list[float], insides: int) -> None:
    habits = PauseHabits()
    for place in range(insides):
        habits.add(0.2 + place / 60, inside=True)
    waits = []
    for each in sorted(odds):
        words = type(fitted().words)({"bias": each})
        endpointer = Endpointer(habits, coefficients=Coefficients(words, fitted().turn))
        waits.append(endpointer.wait_s(Evidence("anything")).wait_s)
    assert waits[0] >= waits[1]
    assert fitted().turn["words"] > 0


def test_the_wait_follows_the_users_pauses() -> None:
    slow, quick = PauseHabits(), PauseHabits()
    for _ in range(40):
        slow.add(1.0, inside=True)
        quick.add(0.25, inside=True)
        for _ in range(3):
            quick.add(0.0, inside=False)
    for words in (OPEN, "the lamp in the hall"):
        evidence = Evidence(words, None, None, 1.0)
        waits = [Endpointer(habits).wait_s(evidence).wait_s for habits in (quick, PauseHabits(), slow)]
        assert waits == sorted(waits)
        assert waits[0] < waits[-1]


def test_who_took_time_once_in_a_turn_gets_it_again() -> None:
    evidence = Evidence("the lamp in the hall")
    once = Evidence("the lamp in the hall", longest_pause_s=1.1)
    short = Evidence("the lamp in the hall", longest_pause_s=0.25)
    endpointer = Endpointer()
    assert endpointer.wait_s(once).wait_s > endpointer.wait_s(evidence).wait_s == endpointer.wait_s(short).wait_s
    assert endpointer.wait_s(Evidence("um", longest_pause_s=1e9)).wait_s <= 1.5


def test_habits_learn_while_the_endpointer_is_at_work() -> None:
    endpointer = Endpointer()
    before = endpointer.wait_s(Evidence("the lamp in the hall")).wait_s
    for _ in range(30):
        endpointer.habits.add(1.2, inside=True)
    assert endpointer.wait_s(Evidence("the lamp in the hall")).wait_s > before


def test_the_certainty_is_reached_just_then() -> None:
    """The closed form against Bayes' rule: at the wait's end the turn is over with the demanded probability."""
    endpointer = Endpointer(settings=EndpointSettings(certainty=0.9))
    evidence = Evidence("the lamp in the hall")
    odds, waited = endpointer.log_odds(evidence), endpointer.wait_s(evidence).wait_s
    assert 0.2 < waited < 1.5
    over = 1 / (1 + math.exp(-odds))
    still_inside = (1 - over) * math.exp(-(waited - 0.2) / endpointer.habits.mean_s)
    assert over / (over + still_inside) == pytest.approx(0.9, abs=1e-9)


def test_patience_stretches_and_certainty_too() -> None:
    evidence = Evidence("the lamp in the hall")
    usual = Endpointer().wait_s(evidence).wait_s
    assert Endpointer(settings=EndpointSettings(patience=1.5)).wait_s(evidence).wait_s > usual
    assert Endpointer(settings=EndpointSettings(certainty=0.99)).wait_s(evidence).wait_s > usual


def test_another_language_is_neither_hurried_nor_held() -> None:
    unknown = wait("wie ist das wetter in berlin", None, language="de")
    assert wait(QUESTION) < unknown < wait(None)
    assert wait("Wie ist das Wetter in Berlin?", None, language="de") < unknown

"""What a sound over the answer is, what silences the assistant, and what is remembered of a cut answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.heard import quoted
from app.assistant.interruption import BACKCHANNELS, UNSURE_S, Kind, Overlap, judge
from app.assistant.reflexes import wants_silence


def overlap(
    words: str = "",
    *,
    voiced_s: float = 0.5,
    periodic: float | None = 0.9,
    ended: bool = True,
    waited_s: float = 0.6,
    joins: bool = False,
) -> Overlap:
    return Overlap(voiced_s=voiced_s, words=words, periodic_share=periodic, ended=ended, waited_s=waited_s, joins=joins)


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (overlap("and in spain", voiced_s=0.7), "speech"),
        (overlap("no"), "speech"),
        (overlap("fail better", voiced_s=0.5, joins=True), "speech"),
        (overlap("uh huh", voiced_s=0.5, joins=True), "sound"),
        (overlap("", voiced_s=0.5, joins=True), "speech"),
        (overlap("", voiced_s=0.5, joins=True, periodic=0.2), "sound"),
        (overlap("", voiced_s=0.3, joins=True), "sound"),
        (overlap("a half", voiced_s=0.4), "sound"),
        (overlap("to him", ended=False, periodic=None, voiced_s=0.4), "unsure"),
        (overlap("uh huh"), "sound"),
        (overlap("Yeah, right."), "sound"),
        (overlap("okay but what about spain"), "speech"),
        (overlap(""), "sound"),
        (overlap("the", periodic=0.1), "sound"),
        (overlap("stop"), "stop"),
        (overlap("Okay, stop it, please."), "stop"),
        (overlap("stop the timer"), "speech"),
        (overlap("wait", voiced_s=0.3), "speech"),
        (overlap("", ended=False, periodic=None), "unsure"),
        (overlap("the", ended=False, periodic=None, voiced_s=0.2), "unsure"),
        (overlap("the", ended=False, periodic=None, voiced_s=0.7), "speech"),
        (overlap("what about", ended=False, periodic=None, voiced_s=0.2), "speech"),
        (overlap("uh huh", ended=False, periodic=None), "unsure"),
        (overlap("", ended=False, periodic=None, voiced_s=1.6, waited_s=1.7), "speech"),
        (overlap("", ended=False, periodic=None, voiced_s=0.3, waited_s=UNSURE_S), "sound"),
    ],
)
def test_what_a_sound_over_the_answer_is(seen: Overlap, kind: Kind) -> None:
    assert judge(seen) == kind


def test_a_yes_to_a_question_is_no_murmur() -> None:
    yes = replace(overlap("yes", voiced_s=0.3), ended=True)
    assert judge(yes) == "sound"
    assert judge(replace(yes, asked=True)) == "speech"
    assert judge(replace(yes, words="cancel", asked=True)) == "speech"
    assert judge(replace(yes, words="no", asked=True, ended=False)) == "unsure"  # it may become "no idea"
    assert judge(replace(yes, words="uh huh", asked=True)) == "sound"


@given(st.lists(st.sampled_from(sorted(BACKCHANNELS)), max_size=4))
def test_those_who_show_that_they_listen_never_interrupt(words: list[str]) -> None:
    assert judge(overlap(" ".join(words))) == "sound"


@pytest.mark.parametrize(
    "words", ["stop", "Stop!", "stop it", "be quiet", "okay stop", "that's enough", "never mind", "Duet, stop please"]
)
def test_what_silences(words: str) -> None:
    assert wants_silence(words)


@pytest.mark.parametrize("words", ["", "stop the timer", "don't stop", "when does the bus stop", "quiet music please"])
def test_what_does_not_silence(words: str) -> None:
    assert not wants_silence(words)


WHOLE = "The capital of France is Paris. It lies on the Seine, and many people live there."


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        ("", ""),
        (WHOLE, WHOLE),
        ("The capital of", "The capital of…"),
        ("The capital of France is Paris.", "The capital of France is Paris."),
        ("The capital of France is Paris. It lies", "The capital of France is Paris."),
        (
            "The capital of France is Paris. It lies on the Seine,",
            "The capital of France is Paris. It lies on the Seine…",
        ),
    ],
)
def test_a_cut_answer_is_remembered_as_one_would_quote_it(heard: str, kept: str) -> None:
    assert quoted(heard, WHOLE) == kept

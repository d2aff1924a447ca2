"""Who is listened to, and when: each way in by example, and what must hold whatever happens."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assistant.attention import TAP_S, Attention, Reaction
from app.events import ListeningChanged
from app.settings import WayIn

FOLLOW_UP_S = 8.0


def begun(way_in: WayIn) -> Attention:
    attention = Attention(way_in, FOLLOW_UP_S)
    attention.switch(True, 0.0)
    return attention


def told(reaction: Reaction) -> str | None:
    return reaction.changed.state if reaction.changed else None


def test_nothing_is_heard_before_the_conversation_begins() -> None:
    for way_in in get_args(WayIn):
        attention = Attention(way_in)
        assert (attention.state, attention.microphone) == ("off", False)
        assert attention.press(1.0) == Reaction()
        assert attention.wake(1.0) == Reaction()
        assert attention.state == "off"


def test_hands_free_hears_until_the_conversation_ends() -> None:
    attention = Attention("hands-free")
    assert attention.switch(True, 1.0) == Reaction(ListeningChanged(state="listening", time=1.0), microphone=True)
    for step in (attention.speech_began(2.0), attention.speech_over(3.0, answered=True), attention.answer_over(9.0)):
        assert step == Reaction()
    assert told(attention.switch(False, 10.0)) == "off"
    assert not attention.microphone


def test_a_held_key_is_an_utterance_that_only_its_release_ends() -> None:
    attention = begun("push-to-talk")
    assert (attention.state, attention.microphone) == ("off", True)
    pressed = attention.press(5.0)
    assert (told(pressed), pressed.utterance, pressed.hush) == ("listening", "open", False)
    assert attention.held
    attention.speech_began(5.2)
    assert attention.advance(60.0) == Reaction()
    assert attention.state == "listening"
    released = attention.release(61.0)
    assert (told(released), released.utterance) == ("off", "close")
    assert not attention.held


def test_repeats_of_the_key_and_a_release_without_a_press_count_for_nothing() -> None:
    attention = begun("push-to-talk")
    attention.press(5.0)
    assert attention.press(5.03) == Reaction()
    assert attention.press(5.06) == Reaction()
    assert attention.release(6.0).utterance == "close"
    assert attention.release(6.1) == Reaction()


def test_a_tap_says_nothing_but_stops_the_answer() -> None:
    attention = begun("push-to-talk")
    attention.speech_over(3.0, answered=True)
    assert attention.press(5.0).hush
    assert attention.release(5.0 + TAP_S / 2).utterance == "drop"
    assert attention.state == "off"


def test_the_key_over_an_answer_stops_it() -> None:
    for way_in in get_args(WayIn):
        attention = begun(way_in)
        attention.press(1.0)
        attention.release(2.0)
        attention.speech_over(2.0, answered=True)
        assert attention.press(3.0).hush, way_in
        attention.release(4.0)
        attention.answer_over(4.0)
        assert not attention.press(5.0).hush, way_in


def test_the_key_takes_over_an_utterance_that_was_open_and_a_tap_gives_it_back() -> None:
    attention = begun("hands-free")
    attention.speech_began(1.0)
    assert attention.press(1.5).utterance == "open"
    assert attention.release(1.6).utterance is None
    attention.press(2.0)
    assert attention.release(3.0).utterance == "close"


def test_the_wake_word_wakes_and_the_window_closes() -> None:
    attention = begun("wake-word")
    assert attention.state == "asleep"
    assert told(attention.wake(10.0)) == "listening"
    assert attention.advance(10.0 + FOLLOW_UP_S - 0.01) == Reaction()
    assert told(attention.advance(10.0 + FOLLOW_UP_S)) == "asleep"


def test_who_speaks_or_is_answered_stays_awake_and_may_follow_up() -> None:
    attention = begun("wake-word")
    attention.wake(10.0)
    attention.speech_began(12.0)
    assert attention.advance(50.0) == Reaction()
    attention.speech_over(51.0, answered=True)
    assert attention.advance(90.0) == Reaction()
    attention.answer_over(100.0)
    assert attention.advance(107.9) == Reaction()
    attention.speech_began(107.95)  # no wake word needed
    assert attention.advance(120.0) == Reaction()
    attention.speech_over(121.0, answered=True)
    attention.answer_over(125.0)
    assert told(attention.advance(133.0)) == "asleep"


def test_a_cough_in_the_window_does_not_make_it_longer() -> None:
    attention = begun("wake-word")
    attention.wake(10.0)
    attention.speech_began(17.0)
    assert told(attention.speech_over(19.0, answered=False)) == "asleep"


def test_a_typed_turn_that_nobody_told_of_wakes_nobody() -> None:
    attention = begun("wake-word")
    assert attention.answer_over(5.0) == Reaction()
    assert attention.state == "asleep"


def test_the_key_works_beside_the_wake_word_and_a_tap_wakes() -> None:
    attention = begun("wake-word")
    attention.press(1.0)
    released = attention.release(3.0)
    assert (told(released), released.utterance) == ("asleep", "close")
    attention.press(20.0)
    assert told(attention.release(20.1)) is None
    assert attention.state == "listening"
    assert told(attention.advance(28.2)) == "asleep"


@pytest.mark.parametrize("way_in", get_args(WayIn))
def test_mute_closes_the_microphone_and_drops_what_was_open(way_in: WayIn) -> None:
    attention = begun(way_in)
    attention.press(1.0)
    attention.speech_began(1.2)
    muted = attention.mute(True, 2.0)
    assert (told(muted), muted.utterance) == ("muted", "drop")
    assert not attention.microphone
    assert attention.press(3.0) == Reaction()
    assert attention.wake(3.0) == Reaction()
    assert attention.release(4.0) == Reaction()
    opened = attention.mute(False, 5.0)
    assert told(opened) == {"hands-free": "listening", "push-to-talk": "off", "wake-word": "asleep"}[way_in]
    assert attention.microphone


def test_mute_outlives_the_conversation() -> None:
    attention = begun("hands-free")
    attention.mute(True, 1.0)
    assert told(attention.switch(False, 2.0)) == "off"
    assert told(attention.switch(True, 3.0)) == "muted"


def test_another_way_in_counts_at_once() -> None:
    attention = begun("hands-free")
    assert told(attention.choose("wake-word", 1.0)) == "asleep"
    assert told(attention.choose("push-to-talk", 2.0)) == "off"
    assert told(attention.choose("hands-free", 3.0)) == "listening"


def test_who_is_heard_only_by_the_key_from_now_on_is_cut_short() -> None:
    attention = begun("hands-free")
    attention.speech_began(1.0)
    assert attention.choose("push-to-talk", 2.0).utterance == "drop"
    attention = begun("hands-free")
    attention.speech_began(1.0)
    assert attention.choose("wake-word", 2.0) == Reaction()
    assert told(attention.speech_over(3.0, answered=False)) == "asleep"


STEPS = st.sampled_from(
    ["on", "off", "mute", "unmute", "press", "release", "wake", "began", "answered", "dropped", "over", "advance"]
    + [f"choose {way_in}" for way_in in get_args(WayIn)]
)


def step(attention: Attention, name: str, now: float) -> Reaction:
    match name.split():
        case ["on"]:
            return attention.switch(True, now)
        case ["off"]:
            return attention.switch(False, now)
        case ["mute"]:
            return attention.mute(True, now)
        case ["unmute"]:
            return attention.mute(False, now)
        case ["press"]:
            return attention.press(now)
        case ["release"]:
            return attention.release(now)
        case ["wake"]:
            return attention.wake(now)
        case ["began"]:
            return attention.speech_began(now)
        case ["answered"]:
            return attention.speech_over(now, answered=True)
        case ["dropped"]:
            return attention.speech_over(now, answered=False)
        case ["over"]:
            return attention.answer_over(now)
        case ["choose", "hands-free" | "push-to-talk" | "wake-word" as way_in]:
            return attention.choose(way_in, now)
    return attention.advance(now)


@settings(max_examples=400, deadline=None)
@given(
    way_in=st.sampled_from(get_args(WayIn)),
    steps=st.lists(st.tuples(STEPS, st.floats(0.0, 10.0)), max_size=40),
)
def test_whatever_happens(way_in: WayIn, steps: list[tuple[str, float]]) -> None:
    attention = Attention(way_in, FOLLOW_UP_S)
    on = muted = key = False
    now, last, open_by_key, microphone = 0.0, "off", False, False
    for name, later in steps:
        now += later
        reaction = step(attention, name, now)
        on = name == "on" or (on and name != "off")
        muted = name == "mute" or (muted and name != "unmute")
        # Every change is told once, and nothing else is.
        assert attention.state == (reaction.changed.state if reaction.changed else last)
        assert reaction.changed is None or reaction.changed.state != last
        last = attention.state
        # Off and muted are absolute, whatever else is going on.
        assert (attention.state == "off" and not attention.microphone) == (not on) or attention.way_in == "push-to-talk"
        assert attention.microphone == (on and not muted)
        assert reaction.microphone is (attention.microphone if attention.microphone != microphone else None)
        microphone = attention.microphone
        if on and muted:
            assert attention.state == "muted"
        # A key that is held is heard; push-to-talk hears nothing else; hands-free always hears.
        if attention.held:
            assert attention.state == "listening"
        elif attention.microphone and attention.way_in == "push-to-talk":
            assert attention.state == "off"
        if attention.microphone and attention.way_in == "hands-free":
            assert attention.state == "listening"
        # What the key opened ends once, by "close" or "drop", or goes on as an utterance of its own.
        if reaction.utterance == "open":
            assert not open_by_key
            open_by_key = True
        elif name in ("release", "mute", "off"):
            assert not (open_by_key and attention.held)
            open_by_key = attention.held
        elif reaction.utterance is not None:
            assert name == "choose push-to-talk"
        assert reaction.hush <= (name == "press")
        key = attention.held
        assert key == open_by_key
        # Asking again changes nothing.
        assert attention.advance(now) == Reaction()


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(st.tuples(STEPS, st.floats(0.0, 3.0)), max_size=30))
def test_nobody_is_kept_awake_for_ever(steps: list[tuple[str, float]]) -> None:
    attention, now = begun("wake-word"), 0.0
    for name, later in steps:
        now += later
        step(attention, name, now)
    attention.switch(True, now)
    attention.mute(False, now)
    attention.choose("wake-word", now)
    attention.release(now)
    attention.speech_over(now, answered=False)
    attention.answer_over(now)
    attention.advance(now + FOLLOW_UP_S)
    assert attention.state == "asleep"

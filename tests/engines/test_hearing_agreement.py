"""Words that were fixed once stay fixed, whatever hypotheses follow."""

from hypothesis import given
from hypothesis import strategies as st

from app.engines.hearing.agreement import Agreement, beginning_with, common, nearest_prefix, text_of, words_of

texts = st.lists(st.sampled_from(["a", "b", "c", "D.", "d,", "'e"]), max_size=8).map(" ".join)


@given(st.lists(texts, max_size=12), st.integers(2, 4), st.integers(0, 2))
def test_what_is_fixed_never_changes(hypotheses: list[str], needed: int, hold_back: int) -> None:
    agreement = Agreement(needed, hold_back)
    fixed = ""
    for hypothesis in hypotheses:
        words = agreement.add(words_of(hypothesis))
        now = text_of(agreement.fixed)
        assert now.startswith(fixed)
        assert words[: len(agreement.fixed)] == agreement.fixed
        assert text_of(words).startswith(now)
        fixed = now


@given(st.lists(texts, max_size=8), texts)
def test_what_leaves_and_what_stays_begin_with_what_was_fixed(hypotheses: list[str], said: str) -> None:
    agreement = Agreement()
    for hypothesis in hypotheses:
        agreement.add(words_of(hypothesis))
    fixed = agreement.fixed
    left = agreement.leave(words_of(said))
    assert (left + agreement.fixed)[: len(fixed)] == fixed


@given(st.text(max_size=30))
def test_the_words_of_a_text_are_the_text(text: str) -> None:
    assert text_of(words_of(text)) == text.strip()


def test_words_are_fixed_when_two_hypotheses_agree_except_for_the_last() -> None:
    agreement = Agreement()
    agreement.add(words_of("Turn on"))
    assert agreement.fixed == ()
    agreement.add(words_of("Turn on the kitten"))
    assert text_of(agreement.fixed) == "Turn on"
    agreement.add(words_of("turn on the kitchen light."))
    assert text_of(agreement.fixed) == "Turn on the"
    assert (
        text_of(agreement.add(words_of("Turn of the kitchen light, please."))) == "Turn on the kitchen light, please."
    )


def test_a_contradiction_is_mended_where_it_changes_least() -> None:
    fixed = words_of("what is the")
    assert text_of(beginning_with(fixed, words_of("whats the weather"))) == "what is the weather"
    assert text_of(beginning_with(fixed, words_of("what is a weather"))) == "what is the weather"
    assert text_of(beginning_with(fixed, ())) == "what is the"
    assert text_of(beginning_with(fixed, words_of("rain"))).startswith("what is the")
    assert nearest_prefix(words_of("a b c d e"), words_of("a c d")) == 4


def test_characters_are_the_words_where_no_spaces_are_written() -> None:
    one, other = words_of("今日は天気"), words_of("今日は電気")
    assert common(one, other) == 3
    assert text_of(one) == "今日は天気"

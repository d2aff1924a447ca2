"""What a correction changed: the words, and how they read in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.revision import Change, changes, in_words


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("It is Lyon.", "It is Paris.", "Lyon → Paris"),
        ("Sydney.", "Canberra.", "Sydney → Canberra"),
        ("It costs $5.", "It costs -5.", "$5 → -5"),
        ("About 12 metres tall", "about 12 metres, tall!", ""),
        ("It is in the north.", "It is not in the north.", "new: not"),
        ("Perhaps it is Rome.", "It is Rome.", "gone: Perhaps"),
        ("17 percent of 2340 is 400.", "17 percent of 2340 is 397.8.", "400 → 397.8"),
        ("It is big and red now.", "It is small and blue now.", "big and red → small and blue"),
        (
            "The river Rhine flows north to Basel",
            "The Elbe flows north to Dresden",
            "river Rhine → Elbe; Basel → Dresden",
        ),
        ("", "It is Rome.", "new: It is Rome"),
    ],
)
def test_changes_are_said_in_words(first: str, second: str, said: str) -> None:
    assert in_words(first, second) == said


def test_a_text_of_its_own_has_no_changes() -> None:
    first = "Water boils at one hundred degrees wherever you may happen to be on this planet of ours."
    assert changes(first.split(), "Up there the air is thin, so about 71 degrees are enough for it.".split()) is None
    assert in_words(first, "Nobody knows.") == ""
    assert changes(["word"] * 1001, ["other"] * 1001) is None


@given(
    first=st.lists(st.sampled_from("a b c d e f, (g) 1.5 1.50 -".split()), max_size=30),
    second=st.lists(st.sampled_from("a B c d e f g 1.5 -1.5".split()), max_size=30),
)
def test_doing_the_changes_makes_the_second_of_the_first(first: list[str], second: list[str]) -> None:
    found = changes(first, second)
    if found is None:
        return
    made, at = [], 0
    for change in found:
        assert isinstance(change, Change)
        assert change.old_from >= at
        made += first[at : change.old_from] + second[change.new_from : change.new_to]
        at = change.old_to
    made += first[at:]
    plain = [word.strip(".,()").casefold() for word in made]
    assert plain == [word.strip(".,()").casefold() for word in second]

"""Notes and lists on a real database, by the commands that people say."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.store import Store
from app.tools import notes
from app.tools.base import Call, Outcome, Situation
from app.tools.services import Services
from app.tools.toolbox import Toolbox
from tests.tools.conftest import NOW


@pytest.fixture
def box(store: Store) -> Toolbox:
    return Toolbox(notes.tools(Services(store=store)), notes.INTENTS)


def say(box: Toolbox, text: str, later: timedelta = timedelta(0)) -> str:
    """What is answered to a command."""
    call = box.reflex(text, NOW)
    assert call is not None, text
    return text_of(run(box, call, later))


def run(box: Toolbox, call: Call, later: timedelta = timedelta(0)) -> Outcome:
    return asyncio.run(box.run(call, Situation(now=NOW + later), commanded=True))


def text_of(outcome: Outcome) -> str:
    return outcome.result.text if outcome.result is not None else f"! {outcome.error}"


def test_a_conversation_about_lists(box: Toolbox) -> None:
    conversation = [
        ("what's on my shopping list", "There is nothing on the shopping list."),
        ("put milk and eggs on the shopping list", "Milk and eggs are on the shopping list now."),
        ("put Milk and bread on the list", "Bread is on the shopping list now. Milk is on it already."),
        ("add eggs to the shopping list", "Eggs are on the shopping list already."),
        ("what's on my shopping list", "Milk, eggs and bread are on the shopping list."),
        ("take the egg off the list", "Eggs are off the shopping list."),
        ("take milk and caviar off the list", "Milk is off the shopping list. Caviar was not on it."),
        ("take caviar off the list", "! Caviar is not on the shopping list."),
        ("write call the dentist on my to do list", "Call the dentist is on the to-do list now."),
        ("remove call the dentist from the list", "Call the dentist is off the to-do list."),
        ("put socks on the packing list", "Socks are on the packing list now."),
        ("what's on the grocery list",
         "There is nothing on the grocery list; there is 1 thing on the packing list and 1 thing on the shopping "
         "list."),
        ("clear the packing list", "The packing list is empty now; the one thing that was on it is gone."),
        ("clear the packing list", "! There is nothing on the packing list; there is 1 thing on the shopping list."),
        ("what is on the list", "Bread is on the shopping list."),
    ]  # fmt: skip
    assert [(text, say(box, text)) for text, _ in conversation] == conversation


def test_a_long_list_is_not_read_to_its_end(box: Toolbox) -> None:
    run(box, Call("add_to_list", {"list": "shopping", "items": [f"thing {number}" for number in range(20)]}))
    outcome = run(box, Call("show_list", {"list": "SHOPPING"}))
    assert outcome.result is not None
    assert outcome.result.text.startswith("There are 20 things on the shopping list; the first are thing 0, thing 1,")
    assert "thing 15" not in outcome.result.text
    assert len(outcome.result.values["items"]) == 20


def test_a_conversation_about_notes(box: Toolbox) -> None:
    day = timedelta(days=1)
    assert say(box, "what did i note about the key") == "There is no note about the key."
    assert say(box, "note that the keys are under Anna's pot") == "Noted: The keys are under Anna's pot."
    assert say(box, "remember that my car is on level 3") == "Noted: My car is on level 3."
    found = "You noted yesterday at 3 PM: The keys are under Anna's pot."
    assert say(box, "what did i note about the key", day) == found  # by its stem
    assert say(box, "find my notes about the car keys", day).count("You noted") == 2  # any word where none has all
    assert say(box, "what are my latest notes", day).startswith("You noted yesterday at 3 PM: My car is on level 3.")
    assert say(box, "note that the spare keys are at work") == "Noted: The spare keys are at work."
    assert say(box, "delete the note about the keys").startswith("! 2 notes have these words")
    assert say(box, "delete the note about the spare keys") == "Deleted: The spare keys are at work."
    assert say(box, "forget that my car is on level 3") == "Deleted: My car is on level 3."
    assert say(box, "delete the note about the boiler") == "! There is no note about the boiler."
    assert say(box, "read my notes") == "You noted just now: The keys are under Anna's pot."
    assert say(box, "delete my last note") == "Deleted: The keys are under Anna's pot."
    assert say(box, "read my notes") == "There is no note."


def test_many_notes_are_counted_and_two_are_said(box: Toolbox) -> None:
    for number in range(30):
        run(box, Call("add_note", {"text": f"parcel {number}"}))
    outcome = run(box, Call("find_notes", {"about": "parcels"}))
    assert outcome.result is not None
    assert outcome.result.text.startswith("There are 20 or more such notes. You noted just now: Parcel 29.")
    assert outcome.result.text.count("You noted") == 2
    assert len(outcome.result.values["notes"]) == 20


@pytest.mark.parametrize("about", ['"', "text:key", "key*", "(", "NEAR(", "\0", "🙂", "-"])
def test_no_search_is_a_syntax_error(box: Toolbox, about: str) -> None:
    run(box, Call("add_note", {"text": "the key"}))
    outcome = run(box, Call("find_notes", {"about": about}))
    assert outcome.error is None


def test_a_deleted_note_leaves_no_bytes_behind(box: Toolbox, store: Store) -> None:
    run(box, Call("add_note", {"text": "the code is xyzzyplugh"}))
    run(box, Call("add_note", {"text": "harmless"}))
    assert text_of(run(box, Call("delete_note", {"about": "xyzzyplugh"}))).startswith("Deleted")
    store._write.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # type: ignore[union-attr]
    assert b"xyzzyplugh" not in b"".join(file.read_bytes() for file in store.path.parent.glob("duet.db*"))


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("add_note", {"text": ""}),
        ("add_note", {"text": "   "}),
        ("add_note", {"text": "x" * 3000}),
        ("add_note", {"note": "x"}),
        ("add_to_list", {"items": []}),
        ("add_to_list", {"items": [""]}),
        ("add_to_list", {"items": "milk"}),
        ("add_to_list", {"items": [3]}),
        ("show_list", {"list": "x" * 51}),
    ],
)
def test_bad_arguments_are_refused(box: Toolbox, tool: str, arguments: dict[str, Any]) -> None:
    outcome = run(box, Call(tool, arguments))
    assert outcome.error is not None
    assert outcome.error.startswith(f"{tool} cannot use ")


def test_what_writes_asks_unless_it_was_commanded(box: Toolbox) -> None:
    run(box, Call("add_to_list", {"items": ["milk", "eggs"]}))
    run(box, Call("add_note", {"text": "the key is under the pot"}))
    questions = [
        (Call("add_note", {"text": "the key"}), "Shall I write down: The key."),
        (Call("delete_note", {"about": "key"}), 'Shall I delete the note "the key is under the pot"?'),
        (Call("add_to_list", {"items": ["milk", "ham"]}), "Shall I put milk and ham on the shopping list?"),
        (Call("remove_from_list", {"items": ["milk"]}), "Shall I take milk off the shopping list?"),
        (Call("clear_list"), "Shall I take everything off the shopping list? There are 2 on it."),
        (Call("find_notes"), None),
        (Call("show_list"), None),
    ]
    for call, question in questions:
        assert box.needs_asking(call, commanded=False) == question
        assert box.needs_asking(call, commanded=True) is None

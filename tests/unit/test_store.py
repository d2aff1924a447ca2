"""The store as a place: what goes in comes out, is found, exported, deleted, and survives other threads."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from app.errors import BadInput
from app.store import Conversation, Store, Turn
from app.store.calls import ToolCall
from app.store.migrations import STEPS

AT = "2026-01-02T03:04:05.678+00:00"
FULL: dict[str, Any] = {
    "source": "whisper",
    "text": "What is the capital of Switzerland?",
    "confidence": 0.75,
    "state": "interrupted",
    "answer": "Zürich.",
    "answer_model": "smol",
    "first_token_ms": 12.5,
    "tokens": 3,
    "tokens_per_s": 99.0,
    "heard_by_user": "Zü",
    "verdict": "correct",
    "refinement": "The capital is Bern.",
    "refinement_model": "big",
    "refinement_ms": 4000.0,
    "refinement_why": "the names differ",
    "tools": ("atlas", "clock"),
    "calls": (ToolCall(call="1", tool="atlas", arguments={"of": "Switzerland"}, by="planner", text="Bern."),),
    "final": "The capital is Bern.",
    "kept": "refined",
    "plan": {"role": "dialogue", "chain": ["fast", "planner"]},
    "marks_ms": {"commit": 0.0, "first_audio": 41.5},
}


def turn(id: str, conversation: str = "c", **values: Any) -> Turn:
    return Turn(id=id, conversation=conversation, **{"started_at": AT, **values})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "duet.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store.open(path)
    yield opened
    opened.close()


def test_a_turn_comes_back_as_it_was_given(store: Store) -> None:
    given = turn("t", **FULL)
    store.save_turn(given)
    store.save_turn(given)
    assert store.turn("t") == given
    assert store.turns("c") == [given]


def test_a_turn_as_it_happens(store: Store) -> None:
    conversation = store.new_conversation()
    store.begin_turn(turn("t", conversation, text="Hello?"))
    store.update_answer("t", "Good")
    assert (store.turn("t").state, store.turn("t").answer) == ("answering", "Good")
    store.begin_turn(turn("t", conversation, text="again"))
    assert store.turn("t").text == "Hello?", "a turn is begun once"
    store.save_turn(turn("t", conversation, text="Hello?", state="done", answer="Good day."))
    assert (store.turn("t").state, store.turn("t").answer) == ("done", "Good day.")
    store.update_answer("nobody", "x")


def test_conversations_are_titled_counted_and_sorted_by_activity(store: Store) -> None:
    first, second = store.new_conversation(), store.new_conversation("Planning")
    store.begin_turn(
        turn("1", first, text="one two three\nfour five six seven eight nine ten", started_at="2998-01-01")
    )
    store.begin_turn(turn("2", first, text="more", started_at="2998-01-02"))
    store.begin_turn(turn("3", second, text="title stays", started_at="2997-01-01"))
    store.begin_turn(turn("4", "made-elsewhere", text="w" * 500, started_at="2999-01-01"))
    listed = store.conversations()
    assert [each.id for each in listed] == ["made-elsewhere", first, second]
    assert [each.turns for each in listed] == [1, 2, 1]
    assert [each.title for each in listed] == ["w" * 59 + "…", "one two three four five six seven eight", "Planning"]
    assert listed[1].updated_at == "2998-01-02"
    assert store.conversations(limit=1) == listed[:1]
    assert store.conversation(first) == listed[1]
    store.rename(first, "Numbers")
    assert store.conversation(first).title == "Numbers"


def test_unknown_ids_are_bad_input(store: Store) -> None:
    attempts = (store.conversation, store.turn, store.delete, lambda unknown: store.rename(unknown, "x"))
    for attempt in attempts:
        with pytest.raises(BadInput, match="nobody"):
            attempt("nobody")
    with pytest.raises(BadInput):
        store.export("nobody", "json")
    assert store.turns("nobody") == []


ODD = ["", "NUL\0in the middle", "🙂🇨🇭👩‍👩‍👧", "'; DROP TABLE turns; --", "x" * 100_000, "\r\n\t", "مرحبا", "ﬀ\ufffe"]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_text_is_kept_exactly(store: Store, text: str) -> None:
    store.save_turn(turn("t", text=text, answer=text, refinement=text, final=text, plan={"why": text}))
    kept = store.turn("t")
    assert (kept.text, kept.answer, kept.refinement, kept.plan["why"]) == (text, text, text, text)
    assert json.loads(store.export(None, "json"))["conversations"][0]["turns"][0]["answer"] == text
    store.export(None, "markdown").encode()


def test_lone_surrogates_become_replacement_characters(store: Store) -> None:
    broken = "a\ud800b \ud83d\ude42"  # the second is a pair, split as JavaScript would
    conversation = store.new_conversation(broken)
    store.save_turn(turn("t\udc00", conversation, text=broken, plan={"why": broken}, tools=(broken,)))
    store.update_answer("t\udc00", broken)
    kept = store.turns(conversation)[0]
    assert kept.text == kept.answer == kept.plan["why"] == kept.tools[0] == "a\ufffdb 🙂"
    assert store.conversation(conversation).title == "a\ufffdb 🙂"
    store.search(broken)


def test_what_is_not_finite_is_not_a_figure(store: Store) -> None:
    store.save_turn(turn("t", tokens_per_s=float("inf"), first_token_ms=float("nan"), marks_ms={"x": float("inf")}))
    assert (store.turn("t").tokens_per_s, store.turn("t").first_token_ms) == (None, None)
    assert "Infinity" not in store.export(None, "json")
    with pytest.raises(BadInput, match="finite"):
        store.measure("tokens_per_s", float("nan"), "tokens/s")


def test_measurements_are_the_latest_by_model(store: Store) -> None:
    for number in range(10):
        store.measure("first_token_ms", float(number), "ms", model="ab"[number % 2])
    store.measure("other", 99.0, "ms", model="a")
    assert store.measurements("first_token_ms", "a") == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert store.measurements("first_token_ms", limit=3) == [7.0, 8.0, 9.0]
    assert store.measurements("nothing") == []


# -- search ----------------------------------------------------------------------------------------------------


@pytest.fixture
def talked(store: Store) -> Store:
    store.save_turn(turn("1", "c", text="What is the weather in Zürich?", answer="Sunny and 20 degrees."))
    store.save_turn(turn("2", "c", text="Play NEAR the river", answer="don't know 🙂", refinement="It is by C++ Band."))
    store.save_turn(turn("3", "d", text="今天天气怎么样", answer="晴天"))
    store.save_turn(turn("4", "d", text="sunny side up", answer="NUL\0hidden behind 🎈"))
    return store


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("weather", ["1"]),
        ("WEATHER zurich", ["1"]),
        ("weath", ["1"]),
        ("sunny", ["4", "1"]),
        ("sunny weather", ["1"]),
        ("ather", []),
        ("near", ["2"]),
        ("river NEAR(", ["2"]),
        ("band", ["2"]),
        ("don't", ["2"]),
        ("C++", ["2"]),
        ("🙂", ["2"]),
        ("🎈", ["4"]),
        ("hidden", ["4"]),
        ("天气", ["3"]),
        ("%", []),
        ("_", []),
        ("s", []),
        ("", []),
        ("  \n", []),
        ('"', []),
        ('sunny" OR "weather', []),
        ("text:weather", []),
        ("-weather", ["1"]),
        ("weather*", ["1"]),
        ("^weather", ["1"]),
        ("(((", []),
        ("weather\0", ["1"]),
        ("sunny " * 1000, ["4", "1"]),
    ],
)
def test_search_takes_any_text_and_finds_words(talked: Store, query: str, found: list[str]) -> None:
    assert [hit.turn for hit in talked.search(query)] == found


def test_a_hit_says_where_it_is(talked: Store) -> None:
    (hit,) = talked.search("degrees")
    assert (hit.conversation, hit.title, hit.started_at) == ("c", "What is the weather in Zürich?", AT)
    assert "20 degrees" in hit.snippet
    assert talked.search("天气")[0].snippet == "今天天气怎么样"
    assert len(talked.search("sunny", limit=1)) == 1


def test_search_follows_changes(talked: Store) -> None:
    talked.update_answer("1", "Rainy.")
    assert [hit.turn for hit in talked.search("sunny")] == ["4"]
    assert [hit.turn for hit in talked.search("rainy")] == ["1"]
    talked.delete("d")
    assert talked.search("sunny") == []
    talked._write.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)")


def test_the_newest_hits_come_without_sorting_all_of_them(talked: Store) -> None:
    """What keeps a search for a frequent word quick among a million messages."""
    plan = talked._rows(
        "EXPLAIN QUERY PLAN SELECT t.id FROM turns_fts JOIN turns AS t ON t.number = turns_fts.rowid "
        "JOIN conversations AS c ON c.id = t.conversation "
        "WHERE turns_fts MATCH 'a' ORDER BY turns_fts.rowid DESC LIMIT 9"
    )
    steps = [step["detail"] for step in plan]
    assert steps[0].startswith("SCAN turns_fts VIRTUAL TABLE")
    assert not any("TEMP B-TREE" in step for step in steps)


# -- deleting and exporting ------------------------------------------------------------------------------------


def test_deleting_leaves_no_bytes_behind(store: Store, path: Path) -> None:
    for number in range(200):
        store.save_turn(turn(f"keep{number}", "keep", text=f"harmless {number}", answer="fine"))
        if number % 10 == 0:
            store.begin_turn(turn(f"s{number}", "secret", text=f"xyzzyquestion {number}"))
            store.update_answer(f"s{number}", f"plughanswer {number}")

    def bytes_on_disk() -> bytes:
        return b"".join(file.read_bytes() for file in path.parent.iterdir())

    assert b"xyzzyquestion" in bytes_on_disk()
    store.delete("secret")
    assert [each.id for each in store.conversations()] == ["keep"]
    assert len(store.turns("keep")) == 200
    assert store.search("xyzzyquestion") == []
    for word in (b"xyzzy", b"question", b"plugh"):
        assert word not in bytes_on_disk()


def test_deleting_several_is_all_or_nothing(talked: Store) -> None:
    with pytest.raises(BadInput, match="nobody"):
        talked.delete("c", "nobody")
    assert len(talked.conversations()) == 2
    talked.delete("c", "d")
    assert talked.conversations() == []


def test_a_deleted_turn_is_not_written_again(store: Store) -> None:
    store.begin_turn(turn("t"))
    store.delete("c")
    store.save_batch(changed=[turn("t", answer="late")])
    store.update_answer("t", "later")
    assert store.conversations() == []
    assert store.turns("c") == []


def test_json_has_everything(store: Store) -> None:
    store.save_turn(turn("t", **FULL))
    store.save_turn(turn("u", "other"))
    store.measure("first_token_ms", 12.5, "ms", model="smol", turn="t")
    store.measure("first_token_ms", 13.5, "ms", model="smol", turn="u")
    one, everything = json.loads(store.export("c", "json")), json.loads(store.export(None, "json"))
    (conversation,) = one["conversations"]
    expected = {
        **FULL,
        "tools": ["atlas", "clock"],
        "calls": [asdict(FULL["calls"][0])],
        "id": "t",
        "conversation": "c",
        "started_at": AT,
    }
    assert conversation["turns"] == [expected]
    assert [figure["value"] for figure in one["measurements"]] == [12.5]
    assert len(everything["conversations"]) == len(everything["measurements"]) == 2


def test_markdown_says_who_said_what(store: Store) -> None:
    store.save_turn(turn("t", **FULL))
    store.save_turn(turn("u", text="# not a heading", state="lost", answer="cut"))
    text = store.export("c", "markdown")
    assert "**You** (2026-01-02T03:04:05.678+00:00, spoken):\n\n> What is the capital of Switzerland?" in text
    assert "**Duet** (smol): (interrupted)\n\n> Zürich." in text
    assert "**Correction by the planner** (big):\n\n> The capital is Bern." in text
    assert "> # not a heading" in text
    assert "(cut off: the program ended)\n\n> cut" in text
    assert [line for line in text.splitlines() if line.startswith("#")] == ["# What is the capital of Switzerland?"]


# -- threads and the file --------------------------------------------------------------------------------------


def test_many_threads_write_and_read(store: Store) -> None:
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for each in range(25):
                id = f"{number}-{each}"
                store.begin_turn(turn(id, f"c{number}", text=f"word{number}"))
                store.update_answer(id, "answer")
                assert store.turn(id).answer == "answer"
                store.search("answer", 3)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert [each.turns for each in store.conversations()] == [25] * 6


def test_reading_does_not_wait_for_a_write(store: Store) -> None:
    store.begin_turn(turn("t"))
    answers: list[list[Conversation]] = []
    with store._writing() as db:
        db.execute("UPDATE turns SET answer = 'half' WHERE id = 't'")
        thread = threading.Thread(target=lambda: answers.append(store.conversations()))
        thread.start()
        thread.join(30)
        assert len(answers) == 1, "the reader waited for the writer"
        assert store.turn("t").answer == "", "what is not committed is not seen"
    assert store.turn("t").answer == "half"


def test_a_failed_transaction_changes_nothing(store: Store) -> None:
    def fail_half_way() -> None:
        with store._writing() as db:
            db.execute("INSERT INTO conversations (id, started_at, updated_at) VALUES ('x', '', '')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert store.conversations() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_the_files_are_for_their_owner_only(store: Store, path: Path) -> None:
    store.begin_turn(turn("t"))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_the_file_is_set_up_as_designed(store: Store, path: Path) -> None:
    for pragma, value in (("journal_mode", "wal"), ("secure_delete", 1), ("foreign_keys", 1)):
        assert next(iter(store._write.query(f"PRAGMA {pragma}")))[pragma] == value
    with sqlite3.connect(path) as other:
        names = [name for (name,) in other.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
    other.close()
    assert names == [step.__name__ for step in STEPS]
    assert names[:3] == ["mark_the_file", "conversations_and_turns", "search_index"]

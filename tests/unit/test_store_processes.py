"""Several real processes on one database: killed ones, living ones, and ones that start at the same time."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.store import Store, Turn, owners

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60.0

ANSWERING = """
import itertools, sys, time
from pathlib import Path
from app import events
from app.store import Store
from app.store.recorder import Recorder

store = Store.open(Path(sys.argv[1]))
bus = events.EventBus()
recorder = Recorder(store, bus)
bus.emit(events.TurnCommitted(turn="t", conversation="c", text="Tell me a story.", source="typed"))
for number in itertools.count(1):
    bus.emit(events.TokensArrived(turn="t", text=f"word{number} ", tokens=number))
    print(number, flush=True)
    time.sleep(0.01)
"""

WRITING = """
import sys
from pathlib import Path
from app.store import Store, Turn

sys.stdin.readline()
store = Store.open(Path(sys.argv[1]))
for number in range(50):
    id = f"{sys.argv[2]}-{number}"
    store.begin_turn(Turn(id=id, conversation=sys.argv[2], started_at="2026-01-01", text="hello"))
    store.update_answer(id, "answer")
store.close()
"""


def start(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def eventually(found: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE_S
    while not found():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.01)


@contextlib.contextmanager
def answering(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of an answer."""
    process = start(ANSWERING, path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def answer(store: Store) -> str:
    turns = store.turns("c")
    return turns[0].answer if turns else ""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "duet.db"


def test_a_killed_process_leaves_its_turn_and_its_words(path: Path) -> None:
    with answering(path) as process:
        with contextlib.closing(Store.open(path)) as watching:
            eventually(lambda: "word50 " in answer(watching), "streaming to the disk")
            assert watching.turn("t").state == "answering", "a living process's turn is not lost"
            assert watching.unfinished() == []
        process.kill()
        process.wait(DEADLINE_S)
        with contextlib.closing(Store.open(path)) as after:
            turn = after.turn("t")
            assert turn.state == "lost"
            assert turn.text == "Tell me a story."
            words = turn.answer.split()
            assert words == [f"word{number}" for number in range(1, len(words) + 1)]
            assert len(words) >= 50
            assert [each.id for each in after.unfinished()] == ["t"]
            assert [hit.turn for hit in after.search("story word7")] == ["t"]
            assert next(iter(after._read.query("PRAGMA integrity_check")))["integrity_check"] == "ok"
    with contextlib.closing(Store.open(path)) as later:
        assert later.unfinished() == []
        assert later.turn("t").state == "lost"


def test_a_turn_of_a_closed_store_is_lost_and_of_an_open_one_is_not(path: Path) -> None:
    first, second = Store.open(path), Store.open(path)
    first.begin_turn(Turn(id="one", conversation="c", started_at="2026-01-01"))
    second.begin_turn(Turn(id="two", conversation="c", started_at="2026-01-01"))
    first.close()
    with contextlib.closing(Store.open(path)) as third:
        assert [turn.state for turn in third.turns("c")] == ["lost", "answering"]
    second.save_turn(Turn(id="one", conversation="c", started_at="2026-01-01", state="done", answer="after all"))
    assert second.turn("one").state == "done", "a turn that was wrongly thought lost mends itself"
    second.close()


def test_a_process_number_that_is_used_again_is_another_process() -> None:
    mine = owners.enter()
    assert owners.alive(mine)
    number, start, token = mine.split(":")
    assert not owners.alive(f"{number}:{float(start) - 100:.2f}:{token}")
    parent = f"{os.getppid()}:1.00:{token}"
    assert not owners.alive(parent)
    owners.leave(mine)
    assert not owners.alive(mine)


def test_processes_that_start_at_once_write_side_by_side(path: Path) -> None:
    names = ["a", "b", "c", "d"]
    processes = [start(WRITING, path, name) for name in names]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=DEADLINE_S)
    assert [process.returncode for process in processes] == [0] * 4
    with contextlib.closing(Store.open(path)) as store:
        assert {each.id: each.turns for each in store.conversations()} == dict.fromkeys(names, 50)
        assert len(store.search("answer", limit=1000)) == 200

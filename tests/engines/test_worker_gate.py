"""The control block's protocol, both sides in one process: no cancel is lost and none leaks into the next job."""

from __future__ import annotations

import ctypes
import multiprocessing
import threading
import time

import pytest

from app.engines.worker.breaker import Breaker
from app.engines.worker.control import Block, new_block
from app.engines.worker.exits import how_it_ended, telling_line
from app.engines.worker.gate import Gate, GatedJob
from app.errors import Cancelled


@pytest.fixture
def block() -> Block:
    return new_block(multiprocessing.get_context("spawn"), generation=0, paused=False)


def stopped(job: GatedJob) -> bool:
    """What native code sees."""
    return ctypes.string_at(job.stop_flag) != b""


def test_the_flag_is_an_empty_string_until_there_is_a_reason(block: Block) -> None:
    gate = Gate(block)
    job = gate.begin(1, generation=1)
    assert not stopped(job)
    job.checkpoint()
    block.generation = 2
    block.stop = 1
    assert stopped(job)
    with pytest.raises(Cancelled):
        job.checkpoint()
    gate.end()
    assert not stopped(job)


def test_a_flag_that_was_lost_comes_back_with_the_message(block: Block) -> None:
    gate = Gate(block)
    job = gate.begin(1, generation=1)
    block.generation = 2  # the flag itself was overtaken by the child's own 0
    gate.look()
    assert stopped(job)


def test_a_flag_raised_too_late_costs_the_next_job_one_checkpoint(block: Block) -> None:
    gate = Gate(block)
    job = gate.begin(2, generation=2)
    block.stop = 1
    assert stopped(job)
    job.checkpoint()
    assert not stopped(job)


def test_void_before_it_begins(block: Block) -> None:
    gate = Gate(block)
    block.generation = 5
    with pytest.raises(Cancelled):
        gate.begin(1, generation=4)
    gate.end()
    gate.cancel(2)
    with pytest.raises(Cancelled):
        gate.begin(2, generation=5)
    gate.end()
    job = gate.begin(3, generation=5)
    job.checkpoint()
    gate.close()
    assert stopped(job)
    with pytest.raises(Cancelled):
        job.checkpoint()


def test_waiting_is_not_running(block: Block) -> None:
    gate = Gate(block)
    job = gate.begin(7, generation=1)
    assert block.running == 7
    block.paused = block.stop = 1
    waiting = threading.Thread(target=job.checkpoint)
    waiting.start()
    deadline = time.monotonic() + 30
    while block.running and time.monotonic() < deadline:
        time.sleep(0.001)
    assert block.running == 0
    block.paused = 0
    gate.look()
    waiting.join(30)
    assert not waiting.is_alive()
    assert block.running == 7
    assert not stopped(job)


def test_raising_generations_while_a_native_loop_polls_loses_none(block: Block) -> None:
    """Each job polls the flag and nothing else; each must be stopped by the generation that comes at any moment."""
    gate = Gate(block)
    rounds = 300
    ended = []

    def child() -> None:
        for i in range(1, rounds + 1):
            try:
                job = gate.begin(i, generation=i)
                while True:
                    while not stopped(job):
                        pass
                    job.checkpoint()
            except Cancelled:
                ended.append(i)
            finally:
                gate.end()

    worker = threading.Thread(target=child, daemon=True)
    worker.start()
    deadline = time.monotonic() + 60
    for generation in range(2, rounds + 2):
        block.generation = generation
        block.stop = 1
        gate.look()
        while len(ended) < generation - 1:
            assert time.monotonic() < deadline, "a cancel was lost"
            time.sleep(0)
    worker.join(30)
    assert ended == list(range(1, rounds + 1))


def test_the_breaker_waits_longer_then_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    breaker = Breaker()
    assert breaker.crashed() == 0.1
    now += 50
    assert breaker.crashed() == 0.5
    now += 50  # the first is forgotten
    assert breaker.crashed() == 0.5
    now += 10
    assert breaker.crashed() is None


@pytest.mark.parametrize(
    ("log", "line"),
    [
        (
            "llama_model_loader: loaded\nggml.c:3: GGML_ASSERT(x) failed\nFatal Python error: Aborted\n\n",
            "GGML_ASSERT(x)",
        ),
        ('Traceback (most recent call last):\n  File "a.py", line 1\n    raise Odd(1)\nOdd: 1\nbye\n', "Odd: 1"),
        ("terminate called after throwing\n  what():  std::bad_alloc\n", "terminate called after throwing"),
        ("all is well\nvery well\n", None),
        ("", None),
    ],
)
def test_the_telling_line(log: str, line: str | None) -> None:
    told = telling_line(log)
    assert told is line if line is None else line in str(told)


def test_the_telling_line_is_one_short_printable_line() -> None:
    told = telling_line("error: " + "\x1b[31m" + "long " * 1000)
    assert told is not None
    assert len(told) <= 200
    assert told.isprintable()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "exited with code 0"),
        (0xC0000005, "crashed (access violation)"),
        (0xC0001234, "exited with code 0xc0001234"),
        (-9999, "crashed (signal 9999)"),
        (None, "ended"),
    ],
)
def test_exit_codes_in_words(code: int | None, words: str) -> None:
    assert how_it_ended(code) == words

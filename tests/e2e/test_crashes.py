"""Kill -9 at any moment, of the model or the whole program: what was said stays, what runs is ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from app.assistant.fast_track import APOLOGY
from app.assistant.runtime import Wants, open_duet
from app.audio.virtual import RecordingSpeaker
from app.events import AnswerFinished, Event, TokensArrived, WorkerStateChanged
from app.settings import load
from tests.e2e.program import duet

LONG = "Tell me a very long story about the sea, the ships and the people who live there."


async def test_the_language_worker_killed_in_mid_answer_costs_one_apology(duet_home: Path) -> None:
    """The turn ends with an apology within 2 s, and the next turn works within 5 s (the issue's bounds)."""
    seen: list[Event] = []
    answering, answered = asyncio.Event(), asyncio.Event()

    def see(event: Event) -> None:
        seen.append(event)
        if isinstance(event, TokensArrived) and event.tokens >= 5:
            answering.set()
        if isinstance(event, AnswerFinished):
            answered.set()

    async with open_duet(load().settings, wants=Wants(voice=True), speaker=RecordingSpeaker()) as running:
        running.bus.subscribe(see)
        await running.start_workers()
        asking = asyncio.create_task(running.ask(LONG, speak=True))
        await asyncio.wait_for(answering.wait(), 60)
        pid = running.workers["fast"].pid
        assert pid is not None
        killed = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        await asyncio.wait_for(answered.wait(), 60)
        finished = [e for e in seen if isinstance(e, AnswerFinished)]
        apologised = finished[0].time - killed
        assert finished[0].text.endswith(APOLOGY)
        assert finished[0].failed
        assert any(isinstance(e, WorkerStateChanged) and e.worker == "fast" and e.cause for e in seen)
        running.stop()
        turn = await asking
        assert turn.answer.endswith(APOLOGY)

        again = time.monotonic()
        seen.clear()
        await running.ask("What is the capital of France?", planner=False)
        (answer,) = [e for e in seen if isinstance(e, AnswerFinished)]
        assert "Paris" in answer.text
        assert apologised < 2.0
        assert answer.time - again < 5.0


def test_the_program_killed_in_mid_answer_loses_at_most_the_last_second(duet_home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "ask", LONG, "--events", "--no-planner"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    assert process.stdout is not None
    said: list[tuple[float, str]] = []
    workers: list[psutil.Process] = []
    for line in process.stdout:
        if '"TokensArrived"' in line:
            said.append((time.monotonic(), line))
        if said and time.monotonic() - said[0][0] > 1.2:
            break
        workers = workers or (psutil.Process(process.pid).children(recursive=True) if said else [])
    killed = time.monotonic()
    process.kill()
    process.stdout.close()
    process.wait()
    old = [line for at, line in said if killed - at > 1.0]
    assert old, "the answer was too short to tell"
    (conversation,) = duet("history", "list", "--json").document()["conversations"]
    (turn,) = duet("history", "show", conversation["id"], "--json").document()["turns"]
    assert turn["text"] == LONG
    assert turn["state"] == "lost"

    assert turn["answer"].startswith("".join(json.loads(line)["text"] for line in old).strip()[:-1])
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert workers
    assert not alive, "a worker outlived the program"


def test_an_interrupt_ends_the_program_with_130(duet_home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "ask", LONG, "--events"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    for line in process.stdout:
        if '"TokensArrived"' in line:
            break
    process.send_signal(signal.SIGINT)
    process.stdout.close()
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert "Traceback" not in error

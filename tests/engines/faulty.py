"""An engine that does, on request, everything that a worker must survive. Runs in the tests' workers only."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from app.engines.job import Job
from app.engines.worker.lifeline import PR_SET_PDEATHSIG
from app.errors import BadInput, BadModel, EngineUnavailable

FOREVER_S = 3600


def segfault() -> None:
    ctypes.string_at(0)


def sleep_natively(holding_the_gil: bool) -> None:
    """Sit in a C function that returns in an hour."""
    library: Any = ctypes.PyDLL if holding_the_gil else ctypes.CDLL
    if sys.platform == "win32":
        (library if holding_the_gil else ctypes.WinDLL)("kernel32").Sleep(FOREVER_S * 1000)
    else:
        library(None).sleep(FOREVER_S)


class Unpicklable:
    def __reduce__(self) -> str:
        raise TypeError("not for pickling")


class Faulty:
    """load: how the constructor behaves. broken: a file that holds how many more loads shall crash."""

    def __init__(self, load: str = "", broken: str = "", closed: str = "") -> None:
        self._closed = closed
        self._kept: list[bytes] = []
        self._poller: threading.Thread | None = None
        if broken and (left := int(Path(broken).read_text())):
            Path(broken).write_text(str(left - 1))
            print("GGML_ASSERT(weights) failed", file=sys.stderr)
            os.abort()
        match load:
            case "segfault":
                segfault()
            case "exit":
                os._exit(7)
            case "raise":
                raise RuntimeError("no room for the weights")
            case "hang":
                sleep_natively(holding_the_gil=False)
            case "hang with the GIL":
                sleep_natively(holding_the_gil=True)
            case "slow":
                end = time.process_time() + 1.0
                while time.process_time() < end:
                    pass
            case "bad model":
                raise BadModel("The file is not a model; choose another.")
            case "unavailable":
                raise EngineUnavailable("The server is away; start it.")

    def close(self) -> None:
        if self._closed == "hang":
            sleep_natively(holding_the_gil=True)
        elif self._closed:
            Path(self._closed).write_text("closed")

    # -- what works

    def until_another_waits(self, job: Job) -> bool:
        """Work until somebody wants something else."""
        while not job.waiting:
            job.checkpoint()
            time.sleep(0.001)
        return True

    def echo(self, value: Any, job: Job) -> Any:
        return value

    def environment(self, name: str, job: Job) -> str | None:
        return os.environ.get(name)

    def count(self, items: int, job: Job) -> Generator[tuple[int, int], None, int]:
        for i in range(items):
            job.checkpoint()
            yield job.generation, i
        return items

    def careless(self, items: int, job: Job) -> Generator[tuple[int, int], None, int]:
        """Counts without ever asking whether it may."""
        for i in range(items):
            yield job.generation, i
        return items

    def until_stopped(self, job: Job) -> Generator[str, None, None]:
        """Like a decoder that polls the flag in native code and runs a stopped batch again."""
        strlen = ctypes.cdll.msvcrt.strlen if sys.platform == "win32" else ctypes.CDLL(None).strlen
        strlen.argtypes = [ctypes.c_void_p]
        strlen.restype = ctypes.c_size_t
        while True:
            yield "working"
            while not strlen(job.stop_flag):
                job_sleep()
            yield "stopped"
            job.checkpoint()

    def spin(self, seconds: float, job: Job) -> float:
        """Work for so long, with checkpoints."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            job.checkpoint()
            job_sleep()
        return seconds

    def nap(self, seconds: float, job: Job) -> float:
        """Work for so long without a look at anything."""
        time.sleep(seconds)
        return seconds

    def spin_deaf(self, seconds: float, job: Job) -> float:
        """Use so much CPU time without a look at anything."""
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass
        return seconds

    def arrays(self, items: int, size: int, job: Job) -> Generator[bytes, None, int]:
        for _ in range(items):
            yield bytes(size)
        return items

    # -- what does not

    def segfault(self, job: Job) -> None:
        segfault()

    def abort(self, job: Job) -> None:
        os.write(2, b"ggml.c:42: GGML_ASSERT(n_tokens > 0) failed\n")
        os.abort()

    def complain(self, job: Job) -> None:
        print("llama_decode: failed to decode, ret = 2", file=sys.stderr)

    def exit(self, code: int, job: Job) -> None:
        os._exit(code)

    def fail(self, kind: str, job: Job) -> None:
        if kind == "bad input":
            raise BadInput("The text is empty; write one.")
        raise ValueError("seven is not\na number")

    def fail_after(self, items: int, job: Job) -> Generator[int, None, None]:
        yield from range(items)
        segfault()

    def hang(self, holding_the_gil: bool, job: Job) -> None:
        sleep_natively(holding_the_gil)

    def hang_after_item(self, holding_the_gil: bool, job: Job) -> Generator[str, None, None]:
        yield "now"
        sleep_natively(holding_the_gil)

    def outlive_thread(self, job: Job) -> None:
        """Take back what the kernel was asked for: to end this process with the thread that spawned it."""
        if sys.platform == "linux":
            assert ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0

    def chatter(self, mebibytes: int, job: Job) -> str:
        """Print natively on both streams."""
        os.write(1, b"this must not reach the parent's standard output\n")
        for _ in range(mebibytes * 16):
            job.checkpoint()
            os.write(2, b"x" * 65535 + b"\n")
        return "done"

    def leak(self, job: Job) -> None:
        while True:
            job.checkpoint()
            self._kept.append(b"x" * (8 << 20))
            job_sleep()

    def unpicklable(self, job: Job) -> Unpicklable:
        return Unpicklable()

    def unreadable(self, job: Job) -> Any:
        return Unreadable()

    def _private(self, job: Job) -> str:
        return "secret"


class Unreadable:
    def __reduce__(self) -> Any:
        return refuse, ()


def refuse() -> None:
    raise ValueError("cannot be read")


def job_sleep() -> None:
    time.sleep(0.001)

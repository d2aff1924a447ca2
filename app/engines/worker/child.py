"""The worker process: loads one engine, then runs its requests one at a time.

Two threads: one reads messages, so that a cancel or a pause is heard while a job runs; the main one runs jobs and is
the only one that writes. Nothing heavy is imported before the environment is set and the output redirected. What kills
a worker, restarts it or reports on it is the parent's business (`process`, `host`).
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import threading
import traceback
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, NoReturn, TextIO

from app import errors
from app.engines.worker.control import Block
from app.engines.worker.find import find_engine
from app.engines.worker.gate import Gate, GatedJob
from app.engines.worker.lifeline import tie_to_parent
from app.engines.worker.messages import (
    Call,
    Cancel,
    Done,
    Failed,
    Grant,
    Item,
    LoadFailed,
    Look,
    Ready,
    Shutdown,
    pack,
    unpack,
)
from app.engines.worker.spec import WorkerSpec

if sys.platform != "win32":
    import resource


@dataclass(frozen=True, slots=True)
class Setup:
    """What the child must know first. `spec` is packed: its options may name modules that take long to import."""

    parent: int
    log: str
    environment: Mapping[str, str]
    spec: bytes


def main(connection: Connection, block: Block, setup: Setup) -> None:
    """The target of the process. Does not return: an interpreter full of native libraries is not worth tidying up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to the whole process group; the parent decides
    os.environ.update(setup.environment)
    crash_quickly()
    log = redirect_output(setup.log)
    faulthandler.enable(log)
    spec: WorkerSpec = unpack(setup.spec)
    worker = ChildWorker(connection, block, spec)
    tie_to_parent(setup.parent, worker.deadline_s, log)
    try:
        worker.run()
    except Exception:  # noqa: BLE001 - whatever it is, the log tells it and the parent names it
        traceback.print_exc()
        leave(1)
    leave(0)


def redirect_output(path: str) -> TextIO:
    """Point file descriptors 1 and 2, which native code writes to, at the log, and Python's streams with them."""
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    log = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.stdout = sys.stderr = log
    return log


def crash_quickly() -> None:
    """Let a crash end the process at once: without a core dump, which would hold gigabytes of weights and the
    conversation, and without the dialogue in which Windows waits for somebody to press a button.
    """
    if sys.platform == "win32":
        sem_failcriticalerrors, sem_nogpfaulterrorbox = 0x0001, 0x0002
        ctypes.windll.kernel32.SetErrorMode(sem_failcriticalerrors | sem_nogpfaulterrorbox)
    else:
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def logged() -> int:
    """Bytes in the log."""
    return os.fstat(2).st_size


def leave(code: int) -> NoReturn:
    sys.stderr.flush()
    os._exit(code)


class ChildWorker:
    """One engine and the requests for it."""

    def __init__(self, connection: Connection, block: Block, spec: WorkerSpec) -> None:
        self._connection = connection
        self._spec = spec
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._gate = Gate(block, waiting=lambda: not self._calls.empty())
        self._loaded = False
        self._engine: Any = None

    def deadline_s(self) -> float:
        """How long the parent would now wait for a sign of life."""
        return self._spec.progress_deadline_s if self._loaded else self._spec.init_timeout_s

    def run(self) -> None:
        """Load, serve until shut down, close the engine."""
        threading.Thread(target=self._listen, name="worker messages", daemon=True).start()
        try:
            self._engine = find_engine(self._spec.group, self._spec.engine)(**self._spec.options)
        except errors.DuetError as error:
            self._connection.send(LoadFailed(_portable(error, "loading", self._spec)))
            return
        self._loaded = True
        self._connection.send(Ready())
        while (call := self._calls.get()) is not None:
            self._serve(call)
        self._engine.close()

    def _listen(self) -> None:
        """Hear the parent; with its end of the pipe closed there is nobody to work for."""
        try:
            while True:
                self._hear(self._connection.recv())
        except (EOFError, OSError):
            os._exit(0)
        except BaseException:  # noqa: BLE001 - a worker that cannot hear must not live on
            traceback.print_exc()
            leave(1)

    def _hear(self, message: Any) -> None:
        match message:
            case Call():
                self._calls.put(message)
            case Look():
                self._gate.look()
            case Cancel(id):
                self._gate.cancel(id)
            case Grant(id, items):
                self._gate.grant(id, items)
            case Shutdown():
                if not self._loaded:
                    leave(0)
                self._gate.close()
                self._calls.put(None)

    def _serve(self, call: Call) -> None:
        """Run one request and answer it, whatever happens."""
        reply: Done | Failed
        try:
            job = self._gate.begin(call.id, call.generation)
            value = pack(self._answer(call, job))
            if self._gate.is_void(job):
                raise errors.Cancelled
            reply = Done(call.id, call.generation, value, logged())
        except Exception as error:  # noqa: BLE001 - engines raise what they like
            reply = Failed(call.id, call.generation, _portable(error, call.method, self._spec), logged())
        finally:
            self._gate.end()
        self._connection.send(reply)

    def _answer(self, call: Call, job: GatedJob) -> Any:
        method = None if call.method.startswith("_") else getattr(self._engine, call.method, None)
        if not callable(method) or call.method == "close":
            raise errors.EngineUnavailable(
                f"The engine “{self._spec.engine}” has no “{call.method}”; choose an engine that does."
            )
        value = method(*unpack(call.args), job=job)
        return self._drain(call, value, job) if isinstance(value, Generator) else value

    def _drain(self, call: Call, items: Generator[Any, None, Any], job: GatedJob) -> Any:
        """Send what the engine yields, no faster than it is consumed; return what it returns."""
        try:
            while True:
                item = next(items)
                job.checkpoint()
                if call.items:
                    value = pack(item)
                    self._gate.take_credit(job)
                    self._connection.send(Item(call.id, call.generation, value))
        except StopIteration as end:
            return end.value
        finally:
            items.close()


def _portable(error: Exception, doing: str, spec: WorkerSpec) -> Exception:
    """The error as one of `app.errors`: unpickling it must not import an engine into the main process."""
    if isinstance(error, errors.Cancelled):
        return errors.Cancelled(*map(str, error.args))
    for kind in type(error).__mro__:
        if kind.__module__ == errors.__name__ and issubclass(kind, errors.DuetError):
            return kind(str(error))
    traceback.print_exception(error)
    detail = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return errors.EngineUnavailable(
        f"The {spec.name} worker failed at “{doing}” ({detail}); try again, and report it if it happens again."
    )

"""One child process seen from its parent: spawn, messages both ways, kill, and how it ended.

Threads do everything that could block: one spawns and reads, one writes, one watches. What they learn is handed to the
event loop. Whether a child is replaced is not decided here (`host`).
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import SpawnProcess
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from app.engines.worker import child
from app.engines.worker.control import new_block
from app.engines.worker.exits import how_it_ended, size_of, tail, telling_line, was_sent
from app.engines.worker.messages import Done, Failed, Item, Look, Ready, Shutdown, ToChild, ToParent, pack, unpack
from app.engines.worker.spec import WorkerSpec
from app.engines.worker.standstill import Standstill
from app.engines.worker.watch import Watch
from app.errors import EngineUnavailable

log = logging.getLogger(__name__)

POLITE_S, TERMINATE_S, KILL_S = 3.0, 1.0, 10.0
"""How long a child may take to close its engine, then to follow SIGTERM, then to vanish."""

_context = multiprocessing.get_context("spawn")
_process_table = threading.Lock()
"""multiprocessing reaps other children while it starts one, and two threads must not reap the same."""


class Host(Protocol):
    """Who is told, on the event loop. `value` is the unpacked value of an `Item` or `Done`, else None."""

    def child_said(self, child: Child, message: ToParent, value: Any) -> None: ...

    def child_uses(self, child: Child, mib: float) -> None: ...

    def child_ended(self, child: Child, cause: str) -> None: ...


class Child:
    """A process that runs `spec`. Methods are for the loop's thread, `kill` for any.

    pid: None until spawned. loaded: whether its engine was ever ready. gone: done once the process has been reaped and
    the threads have nothing left to do.
    """

    def __init__(self, spec: WorkerSpec, host: Host, log_path: Path, generation: int, paused: bool) -> None:
        self.spec = spec
        self.pid: int | None = None
        self.loaded = False
        self._loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self._host = host
        self._log_path = log_path
        self._block = new_block(_context, generation, paused)
        self._standstill = Standstill(self)
        self._generation = generation
        self._log_from = 0
        self._outbox: SimpleQueue[ToChild | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._killed: str | None = None
        self._process: SpawnProcess | None = None
        self._keeper = threading.Thread(target=self._keep, name=f"worker {spec.name}", daemon=True)
        self._keeper.start()
        if paused:
            self._standstill.begin()

    # -- for the loop ------------------------------------------------------------------------------------------

    def send(self, message: ToChild) -> None:
        """Queue a message; never blocks."""
        self._outbox.put(message)

    def void_below(self, generation: int, stop: bool) -> None:
        """Raise the generation; `stop` if a job of an older one may be at work."""
        self._generation = self._block.generation = generation
        self._interrupt(stop)

    @property
    def at_work(self) -> bool:
        """Whether it loads, or works on a request that neither waits nor stands still."""
        return not self.loaded or bool(self._block.running)

    def pause(self) -> None:
        self._block.paused = 1
        self._interrupt(stop=True)
        self._standstill.begin()

    def resume(self) -> None:
        self._block.paused = 0
        self._standstill.end()
        self._interrupt(stop=False)

    def _interrupt(self, stop: bool) -> None:
        if stop:
            self._block.stop = 1
        self.send(Look())

    async def close(self) -> None:
        """Have the child close its engine and exit; be firmer when it does not. Returns once it is gone."""
        if not self.loaded:
            self.kill("was stopped")  # there is no engine to close yet, and a load does not listen
        self._standstill.end()
        self.send(Shutdown())
        steps: tuple[tuple[float, Callable[[], None]], ...] = (
            (POLITE_S, self.terminate),
            (TERMINATE_S, lambda: self.kill("was stopped")),
        )
        try:
            for wait_s, then in steps:
                await asyncio.wait({self.gone}, timeout=wait_s)
                if self.gone.done():
                    return
                then()
            await asyncio.wait({self.gone}, timeout=KILL_S)
        except asyncio.CancelledError:
            self.kill("was stopped")
            raise
        finally:
            if self.gone.done():
                self._keeper.join()

    def terminate(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.terminate()

    def signal(self, number: int) -> bool:
        """Send the process a signal; False when there is no process (yet)."""
        with self._lock:
            if self._process is None or self._process.pid is None:
                return False
            with suppress(ProcessLookupError):  # it died just now; the keeper tells
                os.kill(self._process.pid, number)
            return True

    # -- for any thread ----------------------------------------------------------------------------------------

    def kill(self, cause: str) -> None:
        """End the process now; `cause` completes "The NAME worker ..."."""
        with self._lock:
            self._killed = self._killed or cause
            if self._process is not None:
                self._process.kill()

    # -- the keeper's thread -----------------------------------------------------------------------------------

    def _keep(self) -> None:
        """The life of the process. The kernel ends the process when this thread ends (`lifeline`)."""
        try:
            cause = self._live()
        except Exception as error:  # the loop must learn of every end
            log.exception("the %s worker could not be kept", self.spec.name)
            cause = f"could not be started ({error})"
        self._post(self._ended, cause)

    def _live(self) -> str:
        self._log_from = size_of(self._log_path)
        ours, theirs = _context.Pipe(duplex=True)
        try:
            process = self._spawn(theirs)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        assert process.pid is not None
        watch = Watch(self.spec, process.pid, self._block, self._log_path, self.kill, self._sampled)
        writer = threading.Thread(target=self._write, args=(ours,), name=f"write {self.spec.name}", daemon=True)
        writer.start()
        self._read(ours, watch)
        code = self._reap(process)
        watch.stop()
        self._outbox.put(None)
        writer.join()
        ours.close()
        return self._cause(code)

    def _spawn(self, connection: Any) -> SpawnProcess:
        spec = self.spec
        setup = child.Setup(os.getpid(), str(self._log_path), dict(spec.environment), pack(spec))
        process = _context.Process(
            target=child.main, args=(connection, self._block, setup), name=f"duet {spec.name}", daemon=True
        )
        with _process_table:
            process.start()
        with self._lock:
            self._process = process
            self.pid = process.pid
            if self._killed:
                process.kill()
        return process

    def _read(self, connection: Any, watch: Watch) -> None:
        """Hand on what the child says until its end of the pipe closes."""
        try:
            while True:
                message: ToParent = connection.recv()
                if isinstance(message, Ready):
                    watch.loaded()
                if isinstance(message, Done | Failed):
                    # What was logged for a job that has ended is not why a later one crashed.
                    self._log_from = message.logged
                if isinstance(message, Item | Done) and message.generation < self._generation:
                    continue
                self._post(self._said, *_opened(message))
        except (EOFError, OSError):
            return
        except Exception:
            log.exception("the %s worker's pipe", self.spec.name)
            self.kill("said something that cannot be read")

    def _write(self, connection: Any) -> None:
        while (message := self._outbox.get()) is not None:
            # A child that is gone reads nothing; the reader sees its end and tells.
            with suppress(OSError):
                connection.send(message)

    def _reap(self, process: SpawnProcess) -> int | None:
        """The exit code. A child that closed its pipe and lingers is killed."""
        process.join(POLITE_S)
        if process.is_alive():
            process.kill()
            process.join(KILL_S)
        with self._lock, _process_table:
            code = process.exitcode
            self._process = None
        if code is not None:
            process.close()
        return code

    def _cause(self, code: int | None) -> str:
        if self._killed:
            return f"The {self.spec.name} worker {self._killed}"
        line = None if was_sent(code) else telling_line(tail(self._log_path, self._log_from))
        return f"The {self.spec.name} worker {how_it_ended(code)}" + (f": {line}" if line else "")

    def _sampled(self, mib: float) -> None:
        self._post(self._host.child_uses, self, mib)

    def _post(self, callback: Callable[..., None], *args: Any) -> None:
        # The loop may be closed already when a program ends without stopping its workers.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback, *args)

    # -- on the loop again -------------------------------------------------------------------------------------

    def _said(self, message: ToParent, value: Any) -> None:
        self.loaded = self.loaded or isinstance(message, Ready)
        self._host.child_said(self, message, value)

    def _ended(self, cause: str) -> None:
        self._standstill.end()
        self.gone.set_result(None)
        self._host.child_ended(self, cause)


def _opened(message: ToParent) -> tuple[ToParent, Any]:
    """The message with its value unpacked; a value that cannot be read fails its own request."""
    if not isinstance(message, Item | Done):
        return message, None
    try:
        return message, unpack(message.value)
    except Exception as error:
        log.exception("a worker's answer cannot be read")
        sentence = f"The worker's answer cannot be read ({type(error).__name__}); update the engine that gave it."
        return Failed(message.id, message.generation, EngineUnavailable(sentence), logged=0), None

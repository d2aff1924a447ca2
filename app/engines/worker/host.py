"""A worker as the rest of Duet uses it: calls and streams, generations, pause, and what happens after a crash.

`Worker` decides; `process.Child` is one incarnation of its process. Everything here runs on one asyncio loop.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import tempfile
from pathlib import Path
from typing import Any

from app.engines.worker.breaker import Breaker
from app.engines.worker.messages import Call, Cancel, Done, Failed, Grant, Item, LoadFailed, Ready, ToParent, pack
from app.engines.worker.process import Child
from app.engines.worker.replies import Request, WorkerStream, answer
from app.engines.worker.spec import WorkerSpec
from app.errors import Cancelled, DuetError, EngineUnavailable, WorkerDied
from app.events import EventBus, MetricSampled, ModelChanged, WorkerState, WorkerStateChanged

log = logging.getLogger(__name__)

RETRY_UNAVAILABLE_S = 5.0
"""After this time a call tries again to load an engine that was only unavailable (a server that was away)."""


class Worker:
    """One supervised worker (`app.engines.worker.api.Calls`).

    logs: folder of its log `worker-NAME.log`; without one the log is temporary.

    States: loading until the engine is ready, ready, busy while requests are under way, degraded while the safe profile
    runs in place of what kept crashing, failed once nothing more is tried, stopped before `start` and after `stop`.
    `cause` says in one sentence why the worker is loading again, degraded or failed.
    """

    def __init__(self, spec: WorkerSpec, bus: EventBus, *, logs: Path | None = None) -> None:
        self._spec = self._running = spec
        self._bus = bus
        self._logs = logs
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ids = itertools.count(1)
        self._requests: dict[int, Request] = {}
        self._generation = 0
        self._paused = False
        self._child: Child | None = None
        self._ready = False
        self._leaving: set[Child] = set()
        self._breaker = Breaker()
        self._restart: asyncio.TimerHandle | None = None
        self._launch_owed = False
        self._wanted: bool | None = None  # None until someone starts it
        self._epoch = 0
        self._error: DuetError | None = None
        self._failed_at = 0.0
        self._last_model: str | None = None
        self._state: WorkerState = "stopped"
        self._cause: str | None = None
        self._told: tuple[object, ...] = ()
        self._waiting: list[asyncio.Future[None]] = []

    # -- what it is --------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self._spec.name

    @property
    def spec(self) -> WorkerSpec:
        """What it was asked to run; while it is degraded it runs something smaller."""
        return self._spec

    @property
    def model(self) -> str:
        """What people call what it runs, or is about to run."""
        return self._running.model

    @property
    def state(self) -> WorkerState:
        return self._state

    @property
    def cause(self) -> str | None:
        return self._cause

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    @property
    def at_work(self) -> bool:
        """Whether its process works on a request at this moment: not idle, not paused, not waiting for its consumer."""
        return self._child is not None and self._child.at_work

    @property
    def generation(self) -> int:
        """Everything below is void."""
        return self._generation

    # -- life --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Spawn, and wait until it is ready, restarts after crashes included.

        Raises what the engine's constructor said (`BadModel`, `EngineUnavailable`, ...), `WorkerDied` when it kept
        crashing, `Cancelled` when it was stopped meanwhile.
        """
        if not self._wanted or self._may_retry():
            self._begin()
        await self._until_loaded()

    async def restart(self) -> None:
        """End the process and start what was asked for anew, past failures forgotten. Raises as `start`."""
        await self.replace(self._spec)

    async def replace(self, spec: WorkerSpec) -> None:
        """Run another model instead: what is under way ends `Cancelled`, later calls wait for the new one.

        The old model is freed before the new one loads. Raises as `start`; the old one does not come back by itself.
        """
        self._epoch += 1
        epoch = self._epoch
        self._wanted = True
        self._error = None
        self._end_requests(Cancelled(), sent_only=True)
        self._spec = self._running = spec
        self._let_go()
        self._set_state("loading")
        await self._all_gone()
        if epoch == self._epoch:
            self._begin()
        await self._until_loaded()

    async def stop(self) -> None:
        """Shut down, politely first; what is under way ends `Cancelled`. Idempotent."""
        self._epoch += 1
        self._wanted = False
        self._end_requests(Cancelled())
        self._let_go()
        await self._all_gone()
        if not self._wanted:
            self._cause = None
            self._set_state("stopped")
            if self._temporary is not None:
                self._temporary.cleanup()
                self._temporary = None

    # -- calls -------------------------------------------------------------------------------------------------

    async def call(self, method: str, *args: Any, generation: int) -> Any:
        """The result of `method`; a generator's items are dropped and its return value given."""
        return await answer(self, self._request(method, args, generation, items=False))

    def stream(self, method: str, *args: Any, generation: int) -> WorkerStream:
        """The items that `method` yields. The child runs at most `messages.WINDOW` items ahead of the consumer."""
        return WorkerStream(self, self._request(method, args, generation, items=True))

    def void_below(self, generation: int) -> None:
        if generation <= self._generation:
            return
        self._generation = generation
        void = [request for request in self._requests.values() if request.generation < generation]
        if self._child is not None:
            self._child.void_below(generation, stop=any(request.sent for request in void))
        for request in void:
            self._end(request, error=Cancelled())
        self._refresh()

    def pause(self) -> None:
        if not self._paused:
            self._paused = True
            if self._child is not None:
                self._child.pause()

    def resume(self) -> None:
        if self._paused:
            self._paused = False
            if self._child is not None:
                self._child.resume()
            elif self._launch_owed:
                self._launch()

    def _request(self, method: str, args: tuple[Any, ...], generation: int, items: bool) -> Request:
        return Request(generation, method, pack(args), items)

    # -- requests (replies.Office) -----------------------------------------------------------------------------

    def submit(self, request: Request) -> None:
        """Send the request, or keep it until the worker is ready; it fails when that takes too long."""
        if request.generation < self._generation:
            raise Cancelled
        if self._wanted is None or (self._wanted and self._may_retry()):
            self._begin()
        if not self._wanted:
            raise EngineUnavailable(f"The {self.name} worker was stopped; start it first.")
        if self._error is not None:
            raise _fresh(self._error)
        request.id = next(self._ids)  # now, so that requests run in the order of their ids (`Gate.begin`)
        self._requests[request.id] = request
        if self._ready:
            self._dispatch(request)
            self._refresh()
        else:
            loop = asyncio.get_running_loop()
            request.timer = loop.call_later(self._running.init_timeout_s, self._waited_too_long, request)

    def withdraw(self, request: Request) -> None:
        if request.over:
            return
        if request.sent and self._child is not None:
            self._child.send(Cancel(request.id))
        self._end(request, error=Cancelled())
        self._refresh()

    def grant(self, request: Request, items: int) -> None:
        if self._child is not None and not request.over:
            self._child.send(Grant(request.id, items))

    def _dispatch(self, request: Request) -> None:
        assert self._child is not None
        if request.timer is not None:
            request.timer.cancel()
        request.sent = True
        self._child.send(Call(request.id, request.generation, request.method, request.args, request.wants_items))
        request.args = b""

    def _waited_too_long(self, request: Request) -> None:
        why = f" ({self._cause})" if self._cause else ""
        self._end(request, error=WorkerDied(f"The {self.name} worker is still loading{why}; try again in a while."))

    def _end(self, request: Request, value: Any = None, error: Exception | None = None) -> None:
        self._requests.pop(request.id, None)
        request.finish(value, error)

    def _end_requests(self, error: Exception, sent_only: bool = False) -> None:
        for request in tuple(self._requests.values()):
            if request.sent or not sent_only:
                self._end(request, error=_fresh(error))

    # -- the process -------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Start what the spec asks for, with a clean record."""
        self._wanted = True
        self._epoch += 1
        self._running = self._spec
        self._breaker = Breaker()
        self._cause = None
        self._error = None
        self._launch()

    def _launch(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._restart = None
        self._launch_owed = False
        self._ready = False
        self._child = Child(self._running, self, self._log_path(), self._generation, self._paused)
        self._set_state("loading")

    def _log_path(self) -> Path:
        name = f"worker-{self.name}.log"
        if self._logs is not None:
            try:
                self._logs.mkdir(parents=True, exist_ok=True)
                (self._logs / name).touch(mode=0o600)
                return self._logs / name
            except OSError as error:  # a read-only or full data folder must not keep a worker from running
                log.warning("the log of the %s worker goes to a temporary folder: %s", self.name, error)
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="duet-worker-", ignore_cleanup_errors=True)
        return Path(self._temporary.name) / name

    def _let_go(self) -> None:
        """The present child, if any, is no longer the worker's; `_all_gone` ends it."""
        if self._restart is not None:
            self._restart.cancel()
            self._restart = None
        self._launch_owed = False
        if self._child is not None:
            self._leaving.add(self._child)
        self._child = None
        self._ready = False

    async def _all_gone(self) -> None:
        if self._leaving:
            await asyncio.gather(*(child.close() for child in tuple(self._leaving)))

    def child_said(self, child: Child, message: ToParent, value: Any) -> None:
        if child is not self._child:
            return
        match message:
            case Ready():
                self._on_ready(child)
            case LoadFailed(error):
                self._let_go()
                self._fail(error if isinstance(error, DuetError) else EngineUnavailable(str(error)))
            case Item(id):
                if (request := self._requests.get(id)) is not None:
                    request.add(value)
            case Done(id):
                self._answered(id, value, None)
            case Failed(id, _, error):
                self._answered(id, None, error)

    def _answered(self, id: int, value: Any, error: Exception | None) -> None:
        if (request := self._requests.get(id)) is not None:
            self._end(request, value, error)
            self._refresh()

    def _on_ready(self, child: Child) -> None:
        self._ready = True
        if self._running is self._spec:
            self._cause = None
        for request in tuple(self._requests.values()):
            self._dispatch(request)
        self._refresh()
        if self._last_model is not None and self._last_model != self.model:
            self._bus.emit(ModelChanged(worker=self.name, model=self.model))
        self._last_model = self.model

    def child_uses(self, child: Child, mib: float) -> None:
        if child is self._child:
            self._bus.emit(MetricSampled(name=f"worker.{self.name}.pss", value=mib, unit="MiB"))

    def child_ended(self, child: Child, cause: str) -> None:
        """The process is gone. If nobody asked for that, it crashed."""
        self._leaving.discard(child)
        if child is not self._child:
            return
        self._child = None
        self._ready = False
        self._cause = f"{cause}."
        self._end_requests(WorkerDied(f"{cause}; it starts again, so please try again."), sent_only=True)
        delay_s = self._breaker.crashed()
        if delay_s is None and self._running is self._spec and self._spec.safe is not None:
            self._running = self._spec.safe
            self._breaker = Breaker()
            delay_s = 0.0
        if delay_s is None:
            self._fail(WorkerDied(f"{cause}, again and again; restart it or choose another model."))
            return
        assert self._loop is not None
        self._restart = self._loop.call_later(delay_s, self._relaunch)
        self._set_state("loading")

    def _relaunch(self) -> None:
        """To load is work as well: after a crash in a pause it waits for `resume`."""
        self._restart = None
        if self._paused:
            self._launch_owed = True
        else:
            self._launch()

    def _fail(self, error: DuetError) -> None:
        assert self._loop is not None
        self._error = error
        self._failed_at = self._loop.time()
        self._cause = str(error)
        self._end_requests(error)
        self._set_state("failed")

    def _may_retry(self) -> bool:
        """An engine that was merely unavailable is tried again when it is needed; what is broken is not."""
        return (
            type(self._error) is EngineUnavailable
            and asyncio.get_running_loop().time() - self._failed_at >= RETRY_UNAVAILABLE_S
        )

    # -- state -------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """The state of a worker that is ready follows from what it has to do."""
        if self._ready:
            idle: WorkerState = "busy" if self._requests else "ready"
            self._set_state(idle if self._running is self._spec else "degraded")

    def _set_state(self, state: WorkerState) -> None:
        self._state = state
        told = (state, self.model, self._cause, self.pid)
        if told != self._told:
            self._told = told
            self._bus.emit(
                WorkerStateChanged(worker=self.name, state=state, model=self.model, cause=self._cause, pid=self.pid)
            )
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    async def _until_loaded(self) -> None:
        while not self._ready:
            if not self._wanted:
                raise Cancelled
            if self._error is not None:
                raise _fresh(self._error)
            change = asyncio.get_running_loop().create_future()
            self._waiting.append(change)
            await change


def _fresh(error: Exception) -> Exception:
    """The same error for another caller: an exception that is raised twice would gather both tracebacks."""
    return type(error)(*error.args)

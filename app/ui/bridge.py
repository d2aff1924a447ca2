"""The bridge between the window and the assistant: one asyncio loop in one thread, its events as queued Qt signals.

It decides nothing about a turn and draws nothing. Events are merged and handed over at most 20 times a second;
work goes the other way through `submit`, whose result comes back on the window's thread.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.errors import Cancelled, DuetError
from app.events import Event, PartialTranscript, PlaybackProgress, TokensArrived
from app.ui.session import Session, SessionFactory

log = logging.getLogger(__name__)

BATCH_S = 0.05
"""Shortest time between two deliveries to the window: 20 a second, below what the eye takes for stutter."""

Result = TypeVar("Result")


class EventBatch:
    """Events that wait for the window, from any thread, those merged that only their newest sum matters of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []

    def add(self, event: Event) -> bool:
        """Add `event`; True if it is the first that waits."""
        with self._lock:
            first = not self._events
            if self._events and (merged := _merge(self._events[-1], event)) is not None:
                self._events[-1] = merged
            else:
                self._events.append(event)
            return first

    def take(self) -> list[Event]:
        with self._lock:
            events, self._events = self._events, []
            return events


def _merge(last: Event, new: Event) -> Event | None:
    """One event that says what both say, or None."""
    if last.turn != new.turn:
        return None
    if isinstance(last, TokensArrived) and isinstance(new, TokensArrived):
        return replace(new, text=last.text + new.text)
    if type(last) is type(new) and isinstance(new, (PartialTranscript, PlaybackProgress)):
        return new
    return None


class AssistantThread(QObject):
    """Runs a session on its own thread.

    Signals (on the window's thread): `arrived` with a list of events; `opened` once the session stands;
    `broke` with one sentence when it cannot be opened.
    """

    arrived = Signal(list)
    opened = Signal()
    broke = Signal(str)
    _returned = Signal(object)

    def __init__(self, factory: SessionFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._factory = factory
        self._batch = EventBatch()
        self._thread = threading.Thread(target=self._run, name="duet-assistant", daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: asyncio.Future[Session] | None = None
        self._end: asyncio.Event | None = None
        self._main: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_delivery = 0.0
        self._closing = False
        self._returned.connect(self._call_back, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        self._thread.start()
        self._started.wait()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def submit(
        self,
        work: Callable[[Session], Awaitable[Result]],
        done: Callable[[Result], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run `work` on the assistant's loop as soon as the session stands.

        `done` gets its result, `failed` one sentence, both on the window's thread. A `Cancelled` is neither. Work
        given after `close` is dropped.
        """

        async def run() -> None:
            try:
                session = await self._opened_session()
                result = await work(session)
            except Cancelled:
                return
            except Exception as error:  # noqa: BLE001 - what went wrong is the window's to say
                self._report(error, failed)
            else:
                if done is not None:
                    self._answer(lambda: done(result))

        self._in_loop(lambda: self._keep(asyncio.ensure_future(run())))

    def call(self, work: Callable[[Session], None]) -> None:
        """Run `work` on the assistant's loop at once; without a session there is nothing to do."""

        def run() -> None:
            session = self._session
            if session is not None and session.done() and not session.cancelled() and session.exception() is None:
                work(session.result())

        self._in_loop(run)

    def close(self, deadline_s: float = 10.0) -> bool:
        """End the session and the thread; False if they did not end within `deadline_s`."""
        self._closing = True
        if not self._thread.is_alive():
            return True
        self._in_loop(self._finish, closing=True)
        self._thread.join(deadline_s)
        if self._thread.is_alive():
            log.error("the assistant did not end within %.1f s", deadline_s)
            return False
        return True

    # -- on the assistant's thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.run(self._hold_session())
        except asyncio.CancelledError:
            log.debug("closed while the session was still opening")
        except Exception:
            log.exception("the assistant's thread failed")
        finally:
            self._started.set()

    async def _hold_session(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._session = self._loop.create_future()
        self._end = asyncio.Event()
        self._main = asyncio.current_task()
        self._started.set()
        try:
            async with self._factory() as session:
                unsubscribe = session.bus.subscribe(self._take)
                self._session.set_result(session)
                self._emit(self.opened)
                try:
                    await self._end.wait()
                finally:
                    unsubscribe()
                    await self._cancel_tasks()
        except Exception as error:
            log.exception("the session failed")
            sentence = _sentence(error)
            self._emit(self.broke, sentence)
            if not self._session.done():
                self._session.set_exception(DuetError(sentence))
                self._session.exception()
            await self._end.wait()
            await self._cancel_tasks()

    def _finish(self) -> None:
        """Let the session end, or give up opening it."""
        assert self._end is not None
        assert self._session is not None
        self._end.set()
        if not self._session.done() and self._main is not None:
            self._main.cancel()

    async def _opened_session(self) -> Session:
        assert self._session is not None
        return await asyncio.shield(self._session)

    async def _cancel_tasks(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _take(self, event: Event) -> None:
        """A subscriber of the bus: on whatever thread emits."""
        if self._batch.add(event):
            self._in_loop(self._schedule)

    def _schedule(self) -> None:
        assert self._loop is not None
        wait = max(0.0, self._last_delivery + BATCH_S - time.monotonic())
        self._loop.call_later(wait, self._deliver)

    def _deliver(self) -> None:
        events = self._batch.take()
        self._last_delivery = time.monotonic()
        if events:
            self._emit(self.arrived, events)

    def _report(self, error: Exception, failed: Callable[[str], None] | None) -> None:
        if not isinstance(error, DuetError):
            log.error("work for the window failed", exc_info=error)
        if failed is not None:
            sentence = _sentence(error)
            self._answer(lambda: failed(sentence))

    def _answer(self, callback: Callable[[], None]) -> None:
        """Hand over a result, the events that led to it first."""
        self._deliver()
        self._emit(self._returned, callback)

    def _emit(self, signal: Any, *values: object) -> None:
        """Emit unless the window is going; a window destroyed under us is no news."""
        if self._closing:
            return
        try:
            signal.emit(*values)
        except RuntimeError:
            log.debug("the window was gone before its signal")

    def _in_loop(self, work: Callable[[], object], *, closing: bool = False) -> None:
        if (self._closing and not closing) or self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(work)
        except RuntimeError:
            log.debug("the assistant's loop has ended")

    # -- on the window's thread --------------------------------------------------------------------------------

    @Slot(object)
    def _call_back(self, callback: Callable[[], None]) -> None:
        if not self._closing:
            callback()


def _sentence(error: BaseException) -> str:
    """What the window says of `error`."""
    if isinstance(error, DuetError):
        return str(error)
    return f"Something went wrong inside Duet ({type(error).__name__}); the log says more."

"""Writes every turn into the store as it happens: a subscriber of the event bus with one writing thread.

A turn is written at once when it is committed, its answer in batches while it streams, and the rest when it is known. A
write that fails is tried again; the user hears of it once. Nothing here decides what happens in a turn.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app import events
from app.errors import StoreError
from app.store import calls
from app.store.database import Store
from app.store.records import Measurement, Turn

log = logging.getLogger(__name__)

BATCH_S = 0.5
"""An answer on disk is at most this far behind, and the time of one write; the design allows 1 s."""
RETRY_S = 1.0
_REMEMBERED = 64  # turns that may still get late events, such as an interruption of their speech


@dataclass(slots=True)
class _Draft:
    """A turn as known so far. `row` is empty until the turn is committed; nothing is written before."""

    values: dict[str, Any] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    row: Turn | None = None
    on_disk: bool = False
    dirty: bool = False
    finished: bool = False

    def turn(self) -> Turn:
        assert self.row is not None
        if self.pieces:
            self.values["answer"] = self.values.get("answer", "") + "".join(self.pieces)
            self.pieces.clear()
        return replace(self.row, **self.values)


class Recorder:
    """Records all turns of `bus` in `store` until closed.

    `batch_s` and `retry_s` are times in s. `emit` gets the warning of a failed write, on the writing thread; it is
    the bus itself unless the caller has a thread of its own for events.
    """

    def __init__(
        self,
        store: Store,
        bus: events.EventBus,
        *,
        batch_s: float = BATCH_S,
        retry_s: float = RETRY_S,
        emit: Callable[[events.Event], None] | None = None,
    ) -> None:
        self._store, self._batch_s, self._retry_s = store, batch_s, retry_s
        self._emit = emit or bus.emit
        self._changed = threading.Condition()
        self._drafts: dict[str, _Draft] = {}
        self._measured: list[Measurement] = []
        self._given = self._written = 0  # how many changes there were, and how many of them are on disk
        self._due: float | None = None  # when to write, on the monotonic clock
        self._failed_at: float | None = None
        self._warned = False
        self._closing = False
        self._handlers = self._handle_by_type()
        self._unsubscribe = bus.subscribe(self._receive)
        self._thread = threading.Thread(target=self._run, name="duet-recorder", daemon=True)
        self._thread.start()

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until everything given so far is on disk; False if it is not after `timeout_s`."""
        with self._changed:
            target = self._given
            self._hurry()
            return self._changed.wait_for(lambda: self._written >= target, timeout_s)

    def adopt(self, turn: Turn) -> None:
        """What follows belongs to this stored turn, however long ago it was."""
        with self._changed:
            self._drafts.setdefault(turn.id, _Draft(row=turn, on_disk=True, finished=True))

    def close(self, timeout_s: float = 10.0) -> bool:
        """Write what is left and stop; False if it could not be written."""
        self._unsubscribe()
        with self._changed:
            self._closing = True
            self._hurry()
        self._thread.join(timeout_s)
        with self._changed:
            return self._written >= self._given

    # -- on the thread of the events -----------------------------------------------------------------------------

    def _receive(self, event: events.Event) -> None:
        handler = self._handlers.get(type(event))
        if handler is None or event.turn is None:
            return
        with self._changed:
            draft = self._drafts.setdefault(event.turn, _Draft())
            urgent = handler(draft, event)
            if draft.row is None:
                self._forget_old()
                return
            draft.dirty = True
            self._given += 1
            due = time.monotonic() + (0.0 if urgent else self._batch_s)
            if self._due is None or due < self._due:
                self._due = due
                self._changed.notify_all()

    def _handle_by_type(self) -> dict[type[events.Event], Callable[[_Draft, Any], bool]]:
        """What to do with an event; the answer says whether it must be on disk at once."""
        return {
            events.TranscriptReady: self._transcript,
            events.TurnCommitted: self._committed,
            events.TurnDropped: self._dropped,
            events.TurnReopened: self._reopened,
            events.PlanMade: self._plan,
            events.TokensArrived: self._tokens,
            events.PlaybackProgress: self._progress,
            events.Interrupted: self._interrupted,
            events.AnswerFinished: self._answered,
            events.FellBack: self._fell_back,
            events.Refined: self._refined,
            events.TurnFinished: self._finished,
            events.AnswerKept: self._kept,
            **dict.fromkeys(calls.EVENTS, self._tools),
        }

    def _transcript(self, draft: _Draft, event: events.TranscriptReady) -> bool:
        draft.values["confidence"] = event.confidence
        return False

    def _committed(self, draft: _Draft, event: events.TurnCommitted) -> bool:
        assert event.turn is not None
        if draft.row is not None:  # it was reopened: the same turn with more words
            draft.row = replace(draft.row, text=event.text, source=event.source)
            return True
        began = datetime.now(UTC) - timedelta(seconds=max(time.monotonic() - event.time, 0.0))
        draft.row = Turn(
            id=event.turn,
            conversation=event.conversation,
            started_at=began.isoformat(timespec="milliseconds"),
            source=event.source,
            text=event.text,
        )
        return True

    def _dropped(self, draft: _Draft, event: events.TurnDropped) -> bool:
        if draft.row is None and event.turn is not None and event.generation is None:
            self._drafts.pop(event.turn, None)
        return False

    def _reopened(self, draft: _Draft, event: events.TurnReopened) -> bool:
        """What was answered is withdrawn; the words stay until more of them are committed."""
        draft.values.clear()
        draft.pieces.clear()
        draft.finished = False
        return True

    def _plan(self, draft: _Draft, event: events.PlanMade) -> bool:
        plan = events.to_json(event)
        draft.values["plan"] = {key: plan[key] for key in plan if key not in ("event", "turn", "time")}
        return False

    def _tokens(self, draft: _Draft, event: events.TokensArrived) -> bool:
        if "answer_model" not in draft.values:  # the finished answer has the last word
            draft.pieces.append(event.text)
            draft.values["tokens"] = event.tokens
        return False

    def _progress(self, draft: _Draft, event: events.PlaybackProgress) -> bool:
        if draft.values.get("state") != "interrupted":
            draft.values["heard_by_user"] = event.heard
        return False

    def _interrupted(self, draft: _Draft, event: events.Interrupted) -> bool:
        draft.values["heard_by_user"] = event.heard
        if draft.values.get("state") != "failed":
            draft.values["state"] = "interrupted"
        return True

    def _answered(self, draft: _Draft, event: events.AnswerFinished) -> bool:
        draft.pieces.clear()
        if draft.values.get("state") != "interrupted":
            draft.values["state"] = "failed" if event.failed else "done"
        draft.values.update(
            answer=event.text,
            answer_model=event.model,
            tokens=event.tokens,
            first_token_ms=event.first_token_ms,
            tokens_per_s=event.tokens_per_s,
        )
        if not event.failed:
            self._measure(event, "first_token_ms", event.first_token_ms, "ms")
            self._measure(event, "tokens_per_s", event.tokens_per_s, "tokens/s")
        return True

    def _fell_back(self, draft: _Draft, event: events.FellBack) -> bool:
        self._measured.append(
            Measurement(name="fell_back", value=1.0, unit="", model=event.from_model, turn=event.turn)
        )
        return False

    def _measure(self, event: events.AnswerFinished, name: str, value: float | None, unit: str) -> None:
        if value is not None and value - value == 0:  # finite
            self._measured.append(Measurement(name=name, value=value, unit=unit, model=event.model, turn=event.turn))

    def _tools(self, draft: _Draft, event: events.Event) -> bool:
        before = draft.row.calls if draft.row is not None else ()
        draft.values["calls"] = calls.folded(draft.values.get("calls", before), event)
        return False

    def _refined(self, draft: _Draft, event: events.Refined) -> bool:
        draft.values.update(
            verdict=event.verdict,
            refinement=event.text,
            refinement_model=event.model,
            refinement_ms=event.elapsed_ms,
            refinement_why=event.why,
            tools=event.tools,
            kept="",
        )
        return True

    def _finished(self, draft: _Draft, event: events.TurnFinished) -> bool:
        draft.values["final"] = event.final
        if event.marks_ms:  # a turn that is thought over again keeps the trace of its answer
            draft.values["marks_ms"] = dict(event.marks_ms)
        draft.values.setdefault("state", "done")
        draft.finished = True
        return True

    def _kept(self, draft: _Draft, event: events.AnswerKept) -> bool:
        draft.values.update(kept=event.kept, final=event.final)
        return True

    def _forget_old(self) -> None:
        """Drop what can get no more events: drafts that came to nothing, and turns that are over and on disk."""
        over = [id for id, draft in self._drafts.items() if draft.row is None or (draft.finished and not draft.dirty)]
        for id in over[: max(len(over) - _REMEMBERED, 0)]:
            del self._drafts[id]

    def _hurry(self) -> None:
        self._due = time.monotonic()
        self._failed_at = None
        self._changed.notify_all()

    # -- on the writing thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                self._wait_until_due()
                last = self._closing
                batch = self._take()
            problem = self._save(*batch[:2])
            self._settle(*batch, problem)
            if last:
                return

    def _wait_until_due(self) -> None:
        while True:
            at = self._due
            if at is not None and self._failed_at is not None:
                at = max(at, self._failed_at + self._retry_s)
            if at is not None and at <= time.monotonic():
                self._due = None
                return
            self._changed.wait(None if at is None else at - time.monotonic())

    def _take(self) -> tuple[list[tuple[_Draft, Turn]], list[Measurement], int]:
        """What has to be written, as it is now, and the number of changes that it covers."""
        drafts = [draft for draft in self._drafts.values() if draft.dirty]
        for draft in drafts:
            draft.dirty = False
        measured, self._measured = self._measured, []
        return [(draft, draft.turn()) for draft in drafts], measured, self._given

    def _save(self, turns: list[tuple[_Draft, Turn]], measured: list[Measurement]) -> StoreError | None:
        if not turns and not measured:
            return None
        try:
            self._store.save_batch(
                new=[turn for draft, turn in turns if not draft.on_disk],
                changed=[turn for _, turn in turns],
                measured=measured,
            )
        except StoreError as error:
            log.warning("a turn could not be written: %s", error)
            return error
        except Exception:  # trying again would not help, and the thread has to live on for the next turns
            log.exception("a turn cannot be written")
            return self._save_one_by_one(turns, measured) if len(turns) + bool(measured) > 1 else None
        return None

    def _save_one_by_one(self, turns: list[tuple[_Draft, Turn]], measured: list[Measurement]) -> StoreError | None:
        """So that what cannot be stored takes nothing else with it."""
        for each in turns:
            problem = self._save([each], [])
            if problem is not None:
                return problem
        return self._save([], measured)

    def _settle(
        self,
        turns: list[tuple[_Draft, Turn]],
        measured: list[Measurement],
        covered: int,
        problem: StoreError | None,
    ) -> None:
        with self._changed:
            first_failure = problem is not None and not self._warned
            if problem is None:
                for draft, _ in turns:
                    draft.on_disk = True
                self._written, self._failed_at, self._warned = covered, None, False
                self._forget_old()
            else:
                for draft, _ in turns:
                    draft.dirty = True
                self._measured[:0] = measured
                self._failed_at, self._warned = time.monotonic(), True
                self._due = self._failed_at
            self._changed.notify_all()
        if first_failure:
            self._emit(events.Warning(text=f"The conversation is not being saved: {problem}"))

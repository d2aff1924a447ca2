"""What can happen in Duet: the one vocabulary that the window, the terminal, the store and the benches share.

Events are frozen, picklable facts about the past. Each has `time` (s, monotonic, from `time.monotonic`)
and, where it belongs to one, the id of its turn. Nothing here decides anything. `EventBus` hands every event to
every subscriber in order; `to_json` gives the form that `--events` prints.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

log = logging.getLogger(__name__)

VerdictName = Literal["agree", "add", "correct", "skipped", "failed"]
ListeningState = Literal["off", "muted", "asleep", "listening"]
WorkerState = Literal["loading", "ready", "busy", "degraded", "failed", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events. `turn` is None for what belongs to no turn."""

    turn: str | None = None
    time: float = field(default_factory=time.monotonic)


# -- hearing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(Event):
    """The user began to speak. `at_s` counts from the first sample of the source."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechEnded(Event):
    """The last voiced sample, `at_s` from the first sample of the source."""

    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialTranscript(Event):
    """What has been understood so far. The words of `fixed`, with which `text` begins, will not change any more."""

    text: str
    fixed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeWordHeard(Event):
    """The wake word was said; listening begins. `at_s` as in `SpeechStarted`."""

    word: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningChanged(Event):
    """What the microphone is used for now: nothing ("off", "muted"), waiting for the wake word, or hearing the user."""

    state: ListeningState


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChanged(Event):
    """A sound device was opened, vanished, or was replaced. `problem` is the sentence for "lost"."""

    kind: Literal["microphone", "speaker"]
    state: Literal["open", "lost"]
    name: str
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptReady(Event):
    """What the user said, as `source` ("typed" or the hearing engine's name) has it."""

    text: str
    source: str
    confidence: float | None = None


# -- the life of a turn ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDrafted(Event):
    """Work on an answer began before the turn was certain; nothing of it is heard or stored yet."""

    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCommitted(Event):
    """The turn is certain and is stored from here on."""

    conversation: str
    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDropped(Event):
    """A turn that came to nothing, or with a `generation` only that draft of it: speech went on."""

    why: str
    generation: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnReopened(Event):
    """Speech went on just after the commit: what was answered is withdrawn, and `TurnCommitted` will come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade(Event):
    """Who will answer, who thinks again, and why (DESIGN section 5).

    confidence: how likely the role is; 1 for a `reflex`, which is the tool that an exact command calls. inputs: what
    the decision was made from, as plain JSON values.
    """

    role: str
    fast: str
    planner: str | None
    chain: tuple[str, ...]
    why: str
    expected_p50_ms: float | None
    expected_p95_ms: float | None
    confidence: float = 1.0
    inputs: Mapping[str, Any] = field(default_factory=dict)
    reflex: str | None = None


# -- the fast track --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstToken(Event):
    """The fast model's first visible token. `after_ms` counts from the request."""

    after_ms: float
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensArrived(Event):
    """More of the answer. `text` is only what is new; `tokens` counts all so far."""

    text: str
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceReady(Event):
    """A clause that can be spoken; `index` counts from 0 within the turn."""

    text: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioReady(Event):
    """Sound for a clause was synthesised."""

    index: int
    audio_s: float
    voice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackStarted(Event):
    """The first sample of the answer was handed to the speaker. `at_s` as in `SpeechStarted`, if there is a source."""

    at_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackProgress(Event):
    """How much of the answer has sounded."""

    played_s: float
    heard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackHeld(Event):
    """The answer fell silent because the user may be speaking; `Resumed` or `Interrupted` follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """The answer goes on: it was a cough, a knock or an "uh-huh"."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted(Event):
    """The answer was stopped; `heard` is what the user had heard (or seen, for a typed turn) of it."""

    heard: str
    by: Literal["speech", "stop", "new turn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFinished(Event):
    """The fast track is done. `failed` holds the apology's cause when `text` is an apology."""

    text: str
    model: str
    tokens: int
    first_token_ms: float | None
    tokens_per_s: float | None
    failed: str | None = None


# -- tools -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalled(Event):
    """A tool is being run, because the user's words commanded it or because the planner wants to know."""

    call: str
    tool: str
    arguments: Mapping[str, Any]
    by: Literal["reflex", "planner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolReturned(Event):
    """What became of the `call`: `text` says the result, or else `error` why there is none."""

    call: str
    tool: str
    text: str
    error: str | None
    elapsed_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAsked(Event):
    """A tool waits for the user's yes or no to `question`; `arguments` are what it would be run with."""

    call: str
    tool: str
    arguments: Mapping[str, Any]
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSettled(Event):
    """The user allowed the `call` or did not; None where the question became void."""

    call: str
    allowed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRang(Event):
    """A timer or an alarm is due. `late_s`: seconds since it was, when Duet was not running then."""

    alarm: str
    kind: Literal["timer", "alarm"]
    label: str
    late_s: float = 0.0


# -- the planner -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerStarted(Event):
    """The second track began to think."""

    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerPaused(Event):
    """The planner stands still for work of a higher priority."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannerResumed(Event):
    """The planner has the cores again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refined(Event):
    """The planner's verdict on the answer; `text` is empty unless the verdict is add or correct."""

    verdict: VerdictName
    text: str
    model: str | None
    elapsed_ms: float
    why: str
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKept(Event):
    """The user chose which of the two answers counts from now on, and `final` is what the turn's answer now is."""

    kept: Literal["first", "refined"]
    final: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFinished(Event):
    """The turn is over. `marks_ms` has the instants of section 4 of the design, in ms since the turn's start."""

    final: str
    marks_ms: Mapping[str, float]


# -- who answers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FellBack(Event):
    """A model failed or was too slow in its role, and `to_model` takes over. While it rests it is not asked."""

    role: str
    from_model: str
    to_model: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack(Event):
    """A model that had failed in its role answers again."""

    role: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingAsked(Event):
    """Before anything leaves for a server for the first time: the user's yes or no to `question` is waited for.

    `server` is its name in the settings, `leaves` what would be sent to its `host`.
    """

    server: str
    host: str
    model: str
    leaves: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingSettled(Event):
    """The user allowed that things leave for the server, or did not; None where there was no answer in time."""

    server: str
    allowed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAdvised(Event):
    """By what was measured here, `model` does better in a role than the one that plays it. The user decides."""

    role: str
    model: str
    text: str


# -- the machine room ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStateChanged(Event):
    """The state of a worker process, and for `degraded` and `failed` its cause in one sentence."""

    worker: str
    state: WorkerState
    model: str | None = None
    cause: str | None = None
    pid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChanged(Event):
    """A worker now runs another model."""

    worker: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSampled(Event):
    """One measured figure, e.g. a worker's memory (`name` "worker.fast.pss", `unit` "MiB")."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChosen(Event):
    """What the planner does from now on while something above it is at work, and why, as part of a sentence."""

    policy: Literal["yield", "share"]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning(Event):
    """Something the user should know, in one sentence, that did not stop the work."""

    text: str


Subscriber = Callable[[Event], None]


class EventBus:
    """Hands each event to all subscribers, in the order of subscription, on the caller's thread.

    A subscriber must return at once; one that raises is logged and does not keep the event from the others.
    """

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Add `subscriber`; calling the result removes it."""
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def emit(self, event: Event) -> None:
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(event)
            except Exception:
                log.exception("a subscriber failed on %s", type(event).__name__)


def to_json(event: Event) -> dict[str, Any]:
    """The event as plain JSON values, its kind under `"event"`."""
    if not is_dataclass(event):  # pragma: no cover - the type says so
        raise TypeError(event)
    values = {f.name: getattr(event, f.name) for f in fields(event)}
    return {"event": type(event).__name__, **{k: _plain(v) for k, v in values.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    return value

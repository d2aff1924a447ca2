"""Puts Duet together from the settings: store, workers, assistant. What the window, the terminal and the benches open.

`Duet` is one running assistant with one conversation at a time. It belongs to the asyncio loop it was opened on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from app.assistant.advice import Adviser
from app.assistant.assistant import Assistant
from app.assistant.attention import Attention
from app.assistant.casting import Casting
from app.assistant.chain import NotAllowed
from app.assistant.endpointing import Endpointer, EndpointSettings, PauseHabits, load_habits, save_habits
from app.assistant.idle_measurement import ComputePolicy, Specs
from app.assistant.listening import Listener
from app.assistant.parts import Parts
from app.assistant.permission import Permissions
from app.assistant.ringing import Ringer, silences
from app.assistant.router import Router
from app.assistant.speech import Manner
from app.assistant.spoken_turn import Floor
from app.assistant.tool_use import ToolUse
from app.assistant.turn import LiveTurn
from app.assistant.ways_in import WaysIn
from app.audio.base import Microphone, Samples, Speaker
from app.audio.frontend import FrontEnd
from app.engines.hearing.client import HearingClient
from app.engines.listening.client import ListeningClient
from app.engines.voice.client import VoiceClient
from app.engines.worker.host import Worker
from app.engines.worker.spec import WorkerSpec
from app.errors import BadSetting, DuetError, EngineUnavailable
from app.events import Event, EventBus, Warning
from app.memory.context import Exchange
from app.registry.profiles import hearing_worker, listening_worker, voice_worker
from app.registry.roles import cast, mode
from app.registry.scores import Advice, current_scores
from app.registry.servers import require_allowed
from app.settings import Settings, WayIn, data_dir, with_way_in
from app.store import Store, Turn
from app.store.recorder import Recorder
from app.tools.builtin import toolbox
from app.tools.opening import Opener
from app.tools.services import Services
from app.tools.timers import Alarms

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """Which parts are to be opened. A part that is not wanted starts no process.

    asks: somebody follows the events and answers `SendingAsked` with `Duet.allow_server`.
    alarms: somebody hears or sees what rings.
    """

    planner: bool = True
    hearing: bool = False
    voice: bool = False
    asks: bool = False
    alarms: bool = False


@dataclass(slots=True, kw_only=True)
class Duet:
    """A running assistant. Make one with `open_duet`.

    workers: by name; each tells its state on the bus as `WorkerStateChanged`.
    ways_in: who is listened to, and when.
    listening: the wake word and the turn model; None where neither was chosen.
    conversation: the id of the conversation that turns go to; None until its first turn.
    alarms, ringer: what is set, and who rings it; only a Duet with `Wants.alarms` does.
    compute: what the planner does while Duet answers, and why.
    """

    settings: Settings
    bus: EventBus
    store: Store
    recorder: Recorder
    assistant: Assistant
    workers: dict[str, Worker]
    permissions: Permissions
    alarms: Alarms
    ringer: Ringer
    hearing: HearingClient | None
    ways_in: WaysIn
    listening: ListeningClient | None = None
    conversation: str | None = None
    compute: ComputePolicy | None = None
    _adviser: Adviser | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _listener: Listener | None = None
    _habits: PauseHabits | None = None

    async def ask(self, text: str, *, planner: bool | None = None, speak: bool = False) -> Turn:
        """Answer a typed text and think it over. Raises `BadInput` for a text that cannot be answered."""
        if self.ringer.ringing and silences(text):
            self.ringer.stop()
        turn = self.assistant.begin(text, self._home(), speak=speak)
        await self._run(turn, planner)
        return await self.stored(turn.id)

    async def stored(self, turn: str) -> Turn:
        """The turn as it lies in the database."""
        await asyncio.to_thread(self.recorder.flush)
        return self.store.turn(turn)

    async def _run(self, turn: LiveTurn, planner: bool | None = None) -> None:
        await self.assistant.run(turn, planner=self.settings.assistant.planner if planner is None else planner)

    def _home(self) -> str:
        if self.conversation is None:
            self.conversation = self.store.new_conversation()
        return self.conversation

    @property
    def listener(self) -> Listener:
        """What holds the spoken conversation; `ways_in` says when it hears.

        Raises `EngineUnavailable` when this Duet was opened without hearing.
        """
        if self._listener is None:
            self._listener = self._make_listener()
        return self._listener

    def _make_listener(self) -> Listener:
        if self.hearing is None:
            raise EngineUnavailable("Duet was opened without hearing.")

        async def turn_is_over(samples: Samples) -> float | None:
            return await self.listening.turn_probability(samples, 0) if self.listening is not None else None

        settings = EndpointSettings(
            longest_s=self.settings.audio.silence_ms / 1000, patience=self.settings.assistant.patience
        )
        floor = Floor(
            assistant=self.assistant,
            hearing=self.hearing,
            endpointer=Endpointer(load_habits(self.store), settings),
            home=self._home,
            answer=self._answer_spoken,
            language=None if self.settings.hearing.language == "auto" else self.settings.hearing.language,
            turn_model=turn_is_over if self.settings.hearing.turn_model else None,
            ringer=self.ringer,
        )
        self._habits = floor.endpointer.habits
        listener = Listener(floor, FrontEnd(), self.ways_in, lambda: self.listening)
        self.assistant.source_position = lambda: listener.position_s
        return listener

    async def _answer_spoken(self, turn: LiveTurn) -> None:
        try:
            await self._run(turn)
        finally:
            if turn.certain.is_set() and self._habits is not None:
                await save_habits(self.store, self._habits)

    async def listen(self, open_microphone: Callable[[], Microphone]) -> None:
        """Hold a spoken conversation until the microphone ends or `ways_in.end`. See `Listener.run`."""
        await self.listener.run(open_microphone)

    async def choose_way_in(self, way_in: WayIn, wake_words: str) -> None:
        """Another way in, from now on. Raises `BadSetting`, `BadModel`, `EngineUnavailable`; then all is as before."""
        settings = with_way_in(self.settings, way_in, wake_words)
        before, after = listening_worker(self.settings), listening_worker(settings)
        if self.hearing is not None and after != before:
            try:
                await self._listen_with(after)
            except DuetError:
                await self._listen_with(before)
                raise
        self.settings = settings
        self.ways_in.choose(way_in)

    async def _listen_with(self, spec: WorkerSpec | None) -> None:
        worker = self.workers.get("listening")
        if spec is None:
            self.listening = None
            if worker is not None:
                del self.workers["listening"]
                await worker.stop()
        elif worker is None:
            worker = self.workers["listening"] = Worker(spec, self.bus, logs=data_dir(self.settings) / "logs")
            self.listening = ListeningClient(worker)
            await worker.start()
        else:
            await worker.replace(spec)

    def allow_server(self, server: str, allowed: bool) -> bool:
        """The user's answer to a `SendingAsked`; whether it was still waited for."""
        return self.permissions.settle(server, allowed)

    async def allow(self, allowed: bool) -> Turn | None:
        """Answer what the assistant asked (`ConsentAsked`), as the user's words would; None where nothing was asked."""
        tools = self.assistant.parts.tools
        if tools is None or tools.pending is None:
            return None
        return await self.ask("Yes" if allowed else "No", planner=False)

    def use_planner(self, wanted: bool) -> None:
        """Whether turns from now on are thought over. Raises `BadSetting` when this Duet was opened without."""
        if wanted and self.assistant.parts.planner is None:
            raise BadSetting("The planner is not loaded; switch it on in the settings and start Duet again.")
        if wanted:
            self.assistant.parts.thinks = True
        self.settings = self.settings.model_copy(
            update={"assistant": self.settings.assistant.model_copy(update={"planner": wanted})}
        )

    async def think_again(self, turn: str) -> Turn:
        """Have the last answer thought over once more. Raises `BadInput` where that cannot be."""
        self.recorder.adopt(await self.stored(turn))
        await self.assistant.think_again(turn)
        return await self.stored(turn)

    async def keep(self, turn: str, which: Literal["first", "refined"]) -> Turn:
        """Choose which of a turn's two answers counts from now on. Raises `BadInput` where there is no choice."""
        self.recorder.adopt(await self.stored(turn))
        self.assistant.keep(turn, which)
        return await self.stored(turn)

    def stop(self) -> None:
        """Stop answering, speaking, thinking and ringing, now."""
        self.ringer.stop()
        self.assistant.stop()

    def new_conversation(self) -> None:
        """The next turn begins a new conversation."""
        self.assistant.remember(())
        self.conversation = None

    def open_conversation(self, conversation: str) -> None:
        """Continue a stored conversation. Raises `BadInput` for an unknown id."""
        found = self.store.conversation(conversation)
        self.assistant.remember([remembered(turn) for turn in self.store.turns(found.id)])
        self.conversation = found.id

    async def ready(self, name: str) -> None:
        """Wait until a worker is ready; raises why it cannot be."""
        await self.workers[name].start()

    async def start_workers(self) -> None:
        """Start everything, what the user waits for first; failures are told as worker states and warnings.

        What can wait stands still while somebody above it works already: the user may not wait for all of this.
        """
        async with asyncio.TaskGroup() as group:
            for name in ("fast", "voice", "hearing", "listening"):
                await self._start_worker(name)
                if name == "fast":
                    group.create_task(self.assistant.warm())
        if "planner" in self.workers and self.assistant.parts.thinks:
            with self.assistant.cores.lower("warm-up", self.workers["planner"]):
                await self._start_worker("planner")

    async def _start_worker(self, name: str) -> None:
        try:
            if name in self.workers:
                await self.workers[name].start()
        except NotAllowed:
            log.info("%s starts when it is needed: it asks first", name)
        except DuetError as error:
            self.bus.emit(Warning(text=str(error)))

    def ring_in_background(self) -> None:
        """Ring what is due from now on. Whoever claims an alarm rings it, so only where somebody is there to notice."""
        for work in (self.alarms.run(), self.ringer.run()):
            task = asyncio.create_task(work)
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def start_in_background(self) -> None:
        async def start() -> None:
            await self.start_workers()
            if self.compute is not None:
                await self.compute.measure_when_idle()

        task = asyncio.create_task(start())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Stop everything; what was said is on disk when this returns."""
        self.assistant.stop()
        if self._adviser is not None:
            self._adviser.close()
        self.ringer.close()
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in self.workers.values()))
        if self.assistant.parts.speaker is not None:
            await self.assistant.parts.speaker.close()
        await asyncio.to_thread(self.recorder.close)
        self.store.close()


@asynccontextmanager
async def open_duet(
    settings: Settings, *, wants: Wants | None = None, speaker: Speaker | None = None, bus: EventBus | None = None
) -> AsyncIterator[Duet]:
    """A `Duet` for the duration of the block. Opens the store; starts no worker yet, turns and `start_workers` do.

    Raises `StoreError`, `BadSetting`, `BadModel`: what cannot work is said before anything runs.
    """
    duet = build(settings, wants or Wants(), speaker, bus or EventBus())

    def specs() -> Specs:
        return duet.workers["fast"].spec, duet.workers["planner"].spec if "planner" in duet.workers else None

    try:
        duet.compute = ComputePolicy(settings, duet.store, duet.assistant, specs)
        if wants is not None and wants.alarms:
            duet.ring_in_background()
        yield duet
    finally:
        with suppress(asyncio.CancelledError):
            await duet.close()


def build(settings: Settings, wants: Wants, speaker: Speaker | None, bus: EventBus) -> Duet:
    """Put the parts together on the running loop."""
    wanted = wants.planner and settings.assistant.planner
    thinks = wanted and mode(settings).second_thoughts > 0
    if not wants.asks:
        for role in ("dialogue", "planning") if thinks else ("dialogue",):
            require_allowed(settings, cast(settings, role).models[0])
    logs = data_dir(settings) / "logs"
    workers: dict[str, Worker] = {}
    permissions = Permissions(bus, asks=wants.asks)
    casting = Casting(settings, bus, permissions, workers, logs, thinks)
    fast = casting.chain("dialogue").primary
    planner = casting.chain("planning").primary if wanted else None
    specs = [hearing_worker(settings)] if wants.hearing else []
    listening = listening_worker(settings) if wants.hearing else None
    specs += [listening] if listening else []
    specs += [voice_worker(settings)] if wants.voice else []
    workers.update({spec.name: Worker(spec, bus, logs=logs) for spec in specs})
    loop = asyncio.get_running_loop()

    def on_loop(event: Event) -> None:  # the recorder's warnings come from a thread of its own
        loop.call_soon_threadsafe(bus.emit, event)

    store = Store.open(data_dir(settings) / "duet.db")
    alarms = Alarms(store, bus)
    box = toolbox(Services(store=store, alarms=alarms, opener=Opener()))
    parts = Parts(
        fast=fast,
        planner=planner,
        roles=casting,
        thinks=thinks,
        voice=VoiceClient(workers["voice"]) if "voice" in workers else None,
        speaker=speaker,
        manner=Manner(rate=settings.voice.rate, volume=settings.voice.volume, languages=tuple(settings.voice.voices)),
        expectations=lambda model: store.measurements("first_token_ms", model),
        router=Router(box),
        tools=ToolUse(box),
    )
    assistant = Assistant(parts, bus)
    ringer = Ringer(
        bus,
        speaker=parts.speaker,
        voice=parts.voice,
        cores=assistant.cores,
        manner=parts.manner,
        answering=lambda: assistant.speaking,
        generation=lambda: assistant.generation,
    )
    return Duet(
        settings=settings,
        bus=bus,
        store=store,
        recorder=Recorder(store, bus, emit=on_loop),
        assistant=assistant,
        alarms=alarms,
        ringer=ringer,
        workers=workers,
        permissions=permissions,
        _adviser=Adviser(bus, lambda: asyncio.to_thread(_advice, settings, store)),
        hearing=HearingClient(workers["hearing"]) if "hearing" in workers else None,
        ways_in=WaysIn(Attention(settings.audio.way_in, settings.audio.follow_up_s), bus),
        listening=ListeningClient(workers["listening"]) if "listening" in workers else None,
    )


def _advice(settings: Settings, store: Store) -> list[Advice]:
    return current_scores(store.performances(), settings)[1]


def remembered(turn: Turn) -> Exchange:
    """A stored turn as later turns remember it: what was heard of it, and its refinement. Apologies are forgotten."""
    answer = turn.answer if turn.state in ("done", "lost") else ""
    if turn.state == "interrupted":
        answer = turn.heard_by_user
    return Exchange(
        question=turn.text,
        answer=answer,
        refined=turn.refinement if turn.verdict in ("add", "correct") else "",
        corrected=turn.verdict == "correct",
        kept="first" if turn.kept == "first" else "refined" if turn.kept == "refined" else "",
        turn=turn.id,
    )

"""The real session: Duet with hearing and voice, and the sound devices of this machine. Knows no Qt.

Imported on the assistant's thread when it opens, never before the window stands.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Literal, TypeVar

from app.assistant.runtime import Duet, Wants, open_duet
from app.audio import devices
from app.audio.base import Speaker
from app.audio.microphone import DeviceMicrophone
from app.audio.selftest import Step, self_test
from app.audio.speaker import DeviceSpeaker
from app.errors import BadSetting, DuetError
from app.events import EventBus
from app.settings import Settings, WayIn, default_settings_path, set_value
from app.store import Store
from app.ui.session import SoundFinding, WorkerView

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class DuetSession:
    """`app.ui.session.Session` over a `Duet`. `speaks` says whether there is a speaker for the answers."""

    def __init__(self, duet: Duet, *, speaks: bool) -> None:
        self._duet = duet
        self._speaks = speaks and duet.settings.voice.replies
        self._asking: set[asyncio.Task[object]] = set()

    @property
    def bus(self) -> EventBus:
        return self._duet.bus

    @property
    def store(self) -> Store:
        return self._duet.store

    @property
    def workers(self) -> Mapping[str, WorkerView]:
        return self._duet.workers

    def select(self, conversation: str) -> None:
        if self._duet.conversation != conversation:
            self._duet.open_conversation(conversation)

    def new_conversation(self) -> str:
        conversation = self._duet.store.new_conversation()
        self._duet.open_conversation(conversation)
        return conversation

    async def ask(self, text: str, *, conversation: str, planner: bool | None = None) -> object:
        self.select(conversation)
        return await self._to_the_end(self._duet.ask(text, planner=planner, speak=self._speaks))

    async def think_again(self, turn: str) -> object:
        return await self._to_the_end(self._duet.think_again(turn))

    async def keep(self, turn: str, which: Literal["first", "refined"]) -> object:
        return await self._to_the_end(self._duet.keep(turn, which))

    async def allow(self, allowed: bool) -> object | None:
        return await self._to_the_end(self._duet.allow(allowed))

    async def use_planner(self, wanted: bool) -> None:
        await asyncio.to_thread(set_value, default_settings_path(), "assistant.planner", "true" if wanted else "false")
        try:
            self._duet.use_planner(wanted)
        except BadSetting:
            raise BadSetting("Duet was started without second thoughts; they begin with its next start.") from None

    async def _to_the_end(self, work: Coroutine[object, object, Result]) -> Result:
        """Do something that writes a turn, so that `delete` can wait for it."""
        task = asyncio.current_task()
        assert task is not None
        self._asking.add(task)
        try:
            return await work
        finally:
            self._asking.discard(task)

    def allow_server(self, server: str, allowed: bool) -> None:
        self._duet.allow_server(server, allowed)

    def stop(self) -> None:
        self._duet.stop()

    async def listen(self) -> None:
        await self._duet.listen(lambda: DeviceMicrophone(self._duet.settings.audio.input, self.bus.emit))

    async def stop_listening(self) -> None:
        self._duet.ways_in.end()

    def mute(self, muted: bool) -> None:
        self._duet.ways_in.mute(muted)

    def key(self, down: bool) -> None:
        self._duet.ways_in.key(down)

    async def choose_way_in(self, way_in: WayIn, wake_words: str) -> None:
        await self._duet.choose_way_in(way_in, wake_words)
        for name in ("way_in", "wake_words"):
            value = getattr(self._duet.settings.audio, name)
            await asyncio.to_thread(set_value, default_settings_path(), f"audio.{name}", value)

    async def delete(self, conversation: str) -> None:
        if self._duet.conversation == conversation:
            self._duet.new_conversation()
            # What still ends would write its turn, and so its conversation, once more.
            await asyncio.gather(*self._asking, return_exceptions=True)
        await asyncio.to_thread(self._duet.recorder.flush)
        await asyncio.to_thread(self._duet.store.delete, conversation)

    async def test_sound(self, progress: Callable[[str, float], object]) -> Sequence[SoundFinding]:
        audio, ways_in = self._duet.settings.audio, self._duet.ways_in
        muted = ways_in.attention.muted
        ways_in.mute(True)  # what is said to the test is no question

        def tell(step: Step, seconds: float) -> None:
            progress(step, seconds)

        try:
            return (await self_test(audio.input, audio.output, tell)).findings
        finally:
            ways_in.mute(muted)

    def sound_problem(self) -> str | None:
        return devices.sound_problem()


@asynccontextmanager
async def open_session(settings: Settings) -> AsyncIterator[DuetSession]:
    """Duet with all its workers starting in the background. Raises what `open_duet` raises."""
    bus = EventBus()
    speaker = _speaker(settings, bus)
    wants = Wants(hearing=True, voice=True, asks=True, alarms=True)
    async with open_duet(settings, wants=wants, speaker=speaker, bus=bus) as duet:
        duet.start_in_background()
        yield DuetSession(duet, speaks=speaker is not None)


def _speaker(settings: Settings, bus: EventBus) -> Speaker | None:
    """The speaker, or None on a machine without sound: answers are then only written."""
    try:
        return DeviceSpeaker(settings.audio.output, bus.emit)
    except DuetError as error:
        log.warning("answers are not spoken: %s", error)
        return None

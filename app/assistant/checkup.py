"""`duet doctor`: tries every part on this machine once, and for what does not work names the command that mends it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.assistant.sharing import decide
from app.audio.devices import sound_problem
from app.audio.selftest import Progress, self_test
from app.engines.hearing.client import HearingClient
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.voice.base import SpeakRequest
from app.engines.voice.client import VoiceClient
from app.engines.worker.host import Worker
from app.engines.worker.spec import WorkerSpec
from app.errors import DuetError
from app.events import EventBus
from app.registry.profiles import hearing_worker, language_profile, voice_worker
from app.settings import Settings, data_dir
from app.store import Store

WINDOW_PROBE_S = 30
"""Longest time that Qt may take to load on a slow disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One part: does it work, what was seen, and what to do if not."""

    name: str
    ok: bool
    detail: str
    mend: str | None = None


async def check_everything(settings: Settings, settings_path: Path) -> AsyncIterator[Check]:
    """The checks, one by one as they finish; the models are loaded one after the other and unloaded again."""
    yield Check(name="program", ok=True, detail=_versions())
    yield _store(settings, settings_path)
    yield await _worker(
        "fast model",
        lambda: language_profile(settings, "fast").spec,
        _speaks_text,
        "duet settings set models.fast starter",
    )
    yield await _worker(
        "planner",
        lambda: language_profile(settings, "planner").spec,
        _speaks_text,
        "duet settings set models.planner starter",
    )
    yield _compute(settings)
    yield await _worker("hearing", lambda: hearing_worker(settings), _hears, "duet settings set hearing.engine sphinx")
    yield await _worker("voice", lambda: voice_worker(settings), _speaks, "duet settings set voice.engine espeak")
    problem = sound_problem()
    yield Check(
        name="sound",
        ok=problem is None,
        detail=problem or "there are a microphone and a speaker; duet doctor --listen tries them",
        mend=_mend_sound(problem),
    )
    yield _window()


async def check_listening(settings: Settings, progress: Progress) -> tuple[list[Check], dict[str, Any]]:
    """Try the microphone and the speaker with the user's help: the checks, and the measurements as JSON values."""
    tested = await self_test(settings.audio.input, settings.audio.output, progress)
    checks = [Check(name=f.name, ok=f.ok, detail=f.detail, mend=f.mend) for f in tested.findings]
    return checks, tested.document()


def _versions() -> str:
    duet = importlib.metadata.version("duet-assistant")
    return f"Duet {duet}, Python {platform.python_version()}, {platform.platform()}"


def _store(settings: Settings, settings_path: Path) -> Check:
    place = data_dir(settings)
    try:
        Store.open(place / "duet.db").close()
    except DuetError as error:
        return Check(name="storage", ok=False, detail=str(error), mend="duet settings set store.data_dir FOLDER")
    return Check(name="storage", ok=True, detail=f"{place / 'duet.db'}; settings in {settings_path}")


def _compute(settings: Settings) -> Check:
    """What the planner does while Duet answers, and by which measurement."""
    try:
        fast, planner = (language_profile(settings, part).spec for part in ("fast", "planner"))
        store = Store.open(data_dir(settings) / "duet.db")
        try:
            decided = decide(settings, store, fast, planner if settings.assistant.planner else None)
        finally:
            store.close()
    except DuetError as error:
        return Check(name="compute", ok=False, detail=str(error), mend="duet settings set compute.policy yield")
    does = "waits" if decided.policy == "yield" else "goes on"
    hint = "; duet bench interference measures it" if decided.open else ""
    return Check(name="compute", ok=True, detail=f"the planner {does} while Duet answers: {decided.why}{hint}")


async def _worker(
    name: str, spec: Callable[[], WorkerSpec], probe: Callable[[Worker], Awaitable[str]], mend: str
) -> Check:
    try:
        worker = Worker(spec(), EventBus())
    except DuetError as error:
        return Check(name=name, ok=False, detail=str(error), mend=mend)
    began = time.perf_counter()
    try:
        await worker.start()
        loaded = time.perf_counter() - began
        detail = f"{worker.model}: loaded in {loaded:.1f} s, {await probe(worker)}"
        return Check(name=name, ok=True, detail=detail)
    except DuetError as error:
        return Check(name=name, ok=False, detail=str(error), mend=mend)
    finally:
        await worker.stop()


async def _speaks_text(worker: Worker) -> str:
    request = GenerateRequest(messages=(Message("user", "Count from one to ten."),), sampling=Sampling(max_tokens=24))
    async with LanguageClient(worker).generate(request, 0) as stream:
        async for _ in stream:
            pass
        generated = stream.result
    speed = f"{generated.tokens_per_s:.0f} tokens/s" if generated.tokens_per_s else "no speed measured"
    return f"first token after {generated.first_token_ms or 0:.0f} ms, {speed}"


async def _hears(worker: Worker) -> str:
    import numpy as np

    transcript = await HearingClient(worker).transcribe(np.zeros(16_000, np.float32), None, 0)
    return "hears nothing in silence" if not transcript.text else f"hears “{transcript.text}” in silence"


async def _speaks(worker: Worker) -> str:
    async with VoiceClient(worker).speak(SpeakRequest(text="Everything works."), 0) as stream:
        async for _ in stream:
            pass
        spoken = stream.result
    return f"first sound after {spoken.first_chunk_ms or 0:.0f} ms, {spoken.audio_s:.1f} s of speech"


def _mend_sound(problem: str | None) -> str | None:
    """The command that the problem's sentence names after its last colon; else what restarts the sound server."""
    if problem is None:
        return None
    if ": " in problem:
        return problem.rsplit(": ", 1)[-1].rstrip(".")
    on_linux = sys.platform.startswith("linux")
    return "systemctl --user restart pipewire pipewire-pulse" if on_linux else "open the system's sound settings"


def has_display() -> bool:
    """Whether a window could be shown at all."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _window() -> Check:
    """Qt is tried in a process of its own: nothing here may import it, and a broken one may take the process along."""
    if not has_display():
        return Check(
            name="window", ok=False, detail="There is no display; Duet talks in the terminal.", mend="duet chat"
        )
    probe = [sys.executable, "-c", "import PySide6.QtWidgets as q; q.QApplication([]); print('ok')"]
    try:
        done = subprocess.run(probe, capture_output=True, text=True, timeout=WINDOW_PROBE_S, check=False)
    except subprocess.TimeoutExpired:
        return Check(name="window", ok=False, detail=f"Qt did not start within {WINDOW_PROBE_S} s.", mend="duet chat")
    if done.returncode == 0:
        return Check(
            name="window", ok=True, detail=f"Qt {importlib.metadata.version('pyside6-essentials')} opens a window"
        )
    said = (done.stderr.strip().splitlines() or ["Qt could not start"])[-1]
    mend = "sudo apt-get install libegl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libdbus-1-3"
    return Check(name="window", ok=False, detail=said, mend=mend if sys.platform.startswith("linux") else "duet chat")

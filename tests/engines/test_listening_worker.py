"""The listening engine in its worker: found by its entry point, asked through the client, chosen by the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import pytest_asyncio

from app.engines.listening.base import SAMPLE_RATE, Samples, Wake
from app.engines.listening.client import ListeningClient
from app.engines.worker.host import Worker
from app.errors import BadModel, BadSetting
from app.events import EventBus
from app.registry.profiles import listening_worker
from app.settings import AudioSettings, HearingSettings, Settings
from tests.engines.sounds import noise, silence
from tests.makers.spoken import speak
from tests.makers.turn_models import make_turn_1_mini

BY_WAKE_WORD = Settings(audio=AudioSettings(way_in="wake-word", wake_words="alexa, okay_nabu"))


@pytest_asyncio.fixture
async def client(tmp_path: Path) -> AsyncIterator[ListeningClient]:
    turn_model = make_turn_1_mini(tmp_path / "turn.onnx")
    settings = BY_WAKE_WORD.model_copy(update={"hearing": HearingSettings(turn_model=str(turn_model))})
    spec = listening_worker(settings)
    assert spec is not None
    worker = Worker(spec, EventBus())
    yield ListeningClient(worker)
    await worker.stop()


async def found(client: ListeningClient, sound: Samples, piece: int = 1600) -> list[Wake]:
    await client.reset(0)
    return [
        wake for at in range(0, sound.size, piece) for wake in await client.wake(sound[at : at + piece], generation=0)
    ]


async def test_a_worker_does_all_that_the_engine_does(client: ListeningClient) -> None:
    info = await client.info(0)
    assert info.wake_words == ("alexa", "okay_nabu")
    assert info.turn_model == "turn-1-mini"
    assert len(await client.speech_probability(noise(1.0), 0)) == SAMPLE_RATE // 512
    over = await client.turn_probability(silence(0.0, noise(1.0, -20), 0.3), 0)
    assert over is not None
    assert over > 0.9


async def test_times_count_from_the_reset_however_much_silence_was_left_out(client: ListeningClient) -> None:
    word = speak("Alexa", "en-gb", lead_s=0.0, tail_s=0.0)
    sound = np.concatenate([silence(20.0, word, 30.0), silence(0.0, word, 2.0)]) + noise(52.0 + word.size / 8000, -66)
    first, second = await found(client, sound)
    ends = [20.0 + word.size / SAMPLE_RATE, 50.0 + 2 * word.size / SAMPLE_RATE]
    assert [first.at_s, second.at_s] == pytest.approx(ends, abs=0.25)
    assert [first.word, second.word] == ["alexa", "alexa"]


async def test_a_quiet_room_costs_the_worker_nothing(client: ListeningClient) -> None:
    await client.wake(speak("Alexa"), 0)
    assert isinstance(client.worker, Worker)
    process = psutil.Process(client.worker.pid)
    before = sum(process.cpu_times()[:2])
    for _ in range(600):
        assert await client.wake(noise(0.1, -70), 0) == ()
    assert sum(process.cpu_times()[:2]) - before < 0.1  # s, of a minute; two models that listened would take 0.3


def test_no_worker_where_nothing_needs_one() -> None:
    assert listening_worker(Settings()) is None
    assert listening_worker(Settings(audio=AudioSettings(way_in="push-to-talk"))) is None


def test_the_settings_choose_what_it_loads() -> None:
    spec = listening_worker(BY_WAKE_WORD)
    assert spec is not None
    assert (spec.name, spec.engine, spec.model) == ("listening", "listening", "alexa, okay_nabu")
    assert dict(spec.options) == {"wake_words": ("alexa", "okay_nabu"), "turn_model": ""}
    only_turns = listening_worker(Settings(hearing=HearingSettings(turn_model="/there/turn.onnx")))
    assert only_turns is not None
    assert dict(only_turns.options) == {"wake_words": (), "turn_model": "/there/turn.onnx"}


def test_a_wake_word_must_be_named() -> None:
    with pytest.raises(BadSetting, match=r"set audio\.wake_words to one of okay_nabu"):
        listening_worker(Settings(audio=AudioSettings(way_in="wake-word", wake_words="")))


async def test_a_model_that_is_not_there_is_told_by_the_worker() -> None:
    spec = listening_worker(Settings(hearing=HearingSettings(turn_model="/nowhere/turn.onnx")))
    assert spec is not None
    worker = Worker(spec, EventBus())
    try:
        with pytest.raises(BadModel, match=r"There is no ONNX model at .*turn\.onnx"):
            await worker.start()
    finally:
        await worker.stop()

"""Choosing another way in while Duet runs: the worker of the wake word comes and goes, and the choice is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.assistant.runtime import Duet, Wants, open_duet
from app.errors import BadModel, BadSetting
from app.settings import Settings, default_settings_path, load
from app.ui.duet import DuetSession
from tests.makers.spoken import speak


async def woken_by(duet: Duet, text: str) -> list[str]:
    assert duet.listening is not None
    await duet.listening.reset(0)
    found = await duet.listening.wake(speak(text, "en-gb", lead_s=1.0, tail_s=1.0), 0)
    return [wake.word for wake in found]


async def test_the_wake_word_and_its_worker_come_and_go(duet_home: Path) -> None:
    async with open_duet(Settings(), wants=Wants(planner=False, hearing=True)) as duet:
        session = DuetSession(duet, speaks=False)
        assert "listening" not in duet.workers
        await session.choose_way_in("wake-word", "alexa")
        assert duet.ways_in.attention.way_in == "wake-word"
        assert duet.workers["listening"].state == "ready"
        assert await woken_by(duet, "Alexa") == ["alexa"]
        await session.choose_way_in("wake-word", "okay_nabu")
        assert await woken_by(duet, "Alexa") == []
        assert await woken_by(duet, "okay nabu") == ["okay_nabu"]
        kept = load(default_settings_path(), {}).settings.audio
        assert (kept.way_in, kept.wake_words) == ("wake-word", "okay_nabu")
        await session.choose_way_in("push-to-talk", "okay_nabu")
        assert duet.listening is None
        assert "listening" not in duet.workers


async def test_a_wake_word_that_cannot_be_leaves_all_as_it_was(duet_home: Path) -> None:
    async with open_duet(Settings(), wants=Wants(planner=False, hearing=True)) as duet:
        session = DuetSession(duet, speaks=False)
        await session.choose_way_in("wake-word", "alexa")
        with pytest.raises(BadModel, match="There is no wake word model"):
            await session.choose_way_in("wake-word", str(duet_home / "none.json"))
        with pytest.raises(BadSetting, match="wake words out of okay_nabu"):
            await session.choose_way_in("wake-word", "hey_computer")
        with pytest.raises(BadSetting, match="none is named"):
            await session.choose_way_in("wake-word", "")
        assert await woken_by(duet, "Alexa") == ["alexa"]
        assert duet.settings.audio.wake_words == "alexa"
        assert load(default_settings_path(), {}).settings.audio.wake_words == "alexa"

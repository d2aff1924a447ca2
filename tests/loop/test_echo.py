"""The virtual speaker's sound returns to the virtual microphone through a room: its level, delay and decay."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from app.audio.base import HOP, SAMPLE_RATE
from app.audio.echo import EchoingMicrophone
from app.audio.room import Echo, Room
from app.audio.virtual import FileMicrophone, RecordingSpeaker
from tests.loop.virtual_time import run_virtual

RNG = np.random.default_rng(11)


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2)))


@pytest.mark.parametrize("level", [-20.0, -6.0])
@pytest.mark.parametrize("delay_ms", [0, 2, 60, 250])
def test_a_room_returns_at_its_level_after_its_delay(level: float, delay_ms: int) -> None:
    room = Room(level_db=level, delay_s=delay_ms / 1000, reverberation_s=0.25)
    noise = (0.1 * RNG.standard_normal(4 * SAMPLE_RATE)).astype(np.float32)
    played = np.concatenate([noise, np.zeros(SAMPLE_RATE, np.float32)])
    returned = room.echo(played)
    assert returned.shape == played.shape
    assert level_db(returned[SAMPLE_RATE : 3 * SAMPLE_RATE]) == pytest.approx(level_db(noise) + level, abs=0.5)
    delay = round(delay_ms / 1000 * SAMPLE_RATE)
    assert not returned[:delay].any()
    assert returned[delay] == pytest.approx(noise[0] * room.response()[0], rel=0.01)
    after = len(noise) + delay + round(0.25 * SAMPLE_RATE)
    assert np.abs(returned[after:]).max() < 1e-6


def test_the_tail_falls_by_60_db_in_the_reverberation_time() -> None:
    response = Room(reverberation_s=0.4, reflected=1.0).response()
    early, late = response[1600:2400], response[4800:5600]  # 0.2 s apart: 30 dB, and a little more for the highs
    assert level_db(early) - level_db(late) == pytest.approx(30, abs=4)


def test_the_same_values_give_the_same_room_and_another_seed_another() -> None:
    np.testing.assert_array_equal(Room(seed=3).response(), Room(seed=3).response())
    assert not np.allclose(Room(seed=3).response(), Room(seed=4).response())


def test_a_silent_speaker_makes_no_echo_and_a_tail_ends() -> None:
    echo = Echo(Room())
    assert not echo.push(None).any()
    assert echo.push((0.1 * RNG.standard_normal(HOP)).astype(np.float32)).shape == (HOP,)
    heard = [echo.push(None) for _ in range(60)]
    assert any(hop.any() for hop in heard[:35])
    assert not any(hop.any() for hop in heard[45:])


@pytest.mark.parametrize("rate", [SAMPLE_RATE, 22_050])
def test_what_is_played_is_heard_later_and_quieter(rate: int) -> None:
    room = Room(level_db=-20.0, delay_s=0.04, reverberation_s=0.1)

    async def main() -> None:
        recording = FileMicrophone(np.zeros(SAMPLE_RATE, np.float32), tail_s=0.0)
        speaker = RecordingSpeaker(recording.clock)
        tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(rate // 5) / rate)).astype(np.float32)

        async def play() -> None:
            await recording.clock.reach(0.3)
            speaker.play(tone, rate)

        playing = asyncio.create_task(play())
        microphone = EchoingMicrophone(recording, speaker, room)
        heard = np.concatenate([hop async for hop in microphone])
        await playing
        assert microphone.heard_until == recording.heard_until
        loud = np.flatnonzero(np.abs(heard) > 0.01) / SAMPLE_RATE
        assert loud[0] == pytest.approx(0.3 + room.delay_s, abs=0.005)
        assert loud[-1] == pytest.approx(0.5 + room.delay_s, abs=0.03)

    run_virtual(main())

"""The virtual microphone, the virtual speaker and the front end together, on virtual time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio.base import HOP, SAMPLE_RATE
from app.audio.files import write_wav
from app.audio.frontend import FrontEnd
from app.audio.virtual import FADE_S, FileMicrophone, RecordingSpeaker, SourceClock
from app.errors import BadInput

Run = Callable[[Any], Any]
RATE = 22_050


def tone(seconds: float, rate: int = RATE, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * 300 * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def test_hops_come_when_their_last_sample_has_sounded(run_virtual: Run) -> None:
    samples = np.arange(HOP * 5 // 2, dtype=np.float32) / 1000

    async def main() -> None:
        microphone = FileMicrophone(samples, tail_s=0.02)
        heard = []
        async for hop in microphone:
            heard.append(hop)
            assert microphone.position_s == pytest.approx(len(heard) * 0.01)
        assert len(heard) == 5  # 25 ms of sound and 20 ms of silence
        np.testing.assert_array_equal(np.concatenate(heard), np.pad(samples, (0, HOP * 5 - len(samples))))

    run_virtual(main())


@pytest.mark.parametrize("speed", [0.5, 1.0, 4.0])
def test_a_slow_listener_does_not_make_the_microphone_drift(run_virtual: Run, speed: float) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        microphone = FileMicrophone(np.zeros(SAMPLE_RATE, np.float32), speed=speed, tail_s=0)
        begun, count = loop.time(), 0
        async for _ in microphone:
            count += 1
            if count == 20:
                await asyncio.sleep(0.1)
        assert count == 100
        assert loop.time() - begun == pytest.approx(1.0 / speed)

    run_virtual(main())


def test_silence_follows_until_it_is_closed(run_virtual: Run) -> None:
    async def main() -> None:
        microphone = FileMicrophone(tone(0.1, SAMPLE_RATE))
        asyncio.get_running_loop().call_later(60.0, lambda: asyncio.ensure_future(microphone.close()))
        hops = [hop async for hop in microphone]
        assert len(hops) == pytest.approx(6000, abs=2)
        assert not np.any(np.concatenate(hops[10:]))
        assert microphone.ended

    run_virtual(main())


def test_a_bad_file_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        FileMicrophone(tmp_path / "missing.wav")


def test_the_speaker_plays_in_real_time_and_without_gaps(run_virtual: Run) -> None:
    async def main() -> None:
        clock = SourceClock()
        speaker = RecordingSpeaker(clock)
        clock.start()
        await asyncio.sleep(1.0)
        speaker.play(tone(0.5), RATE)
        speaker.play(tone(0.5, 16_000), 16_000)
        assert (speaker.played_s, speaker.pending_s) == (0.0, pytest.approx(1.0))
        await asyncio.sleep(0.3)
        assert (speaker.played_s, speaker.pending_s) == (pytest.approx(0.3), pytest.approx(0.7))
        assert len(speaker.recorded(16_000)) == round(1.3 * 16_000)
        await speaker.drain()
        assert clock.now_s == pytest.approx(2.0)
        assert (speaker.played_s, speaker.pending_s) == (pytest.approx(1.0), 0.0)
        await asyncio.sleep(0.5)
        sound = speaker.recorded(24_000)
        assert len(sound) == round(2.5 * 24_000)
        assert not np.any(sound[:24_000])
        assert not np.any(sound[48_010:])
        level = np.sqrt(np.mean(sound[24_000:48_000].reshape(-1, 800) ** 2, axis=1))
        assert level == pytest.approx(0.5 / np.sqrt(2), rel=0.02)
        assert speaker.plays() == [pytest.approx((1.0, 1.5)), pytest.approx((1.5, 2.0))]
        assert speaker.first_audio_s() == pytest.approx(1.0, abs=1e-3)
        assert speaker.first_audio_s(1.7) == pytest.approx(1.7, abs=1e-3)
        assert speaker.first_audio_s(2.0) is None
        assert speaker.last_audio_s() == pytest.approx(2.0, abs=1e-3)

    run_virtual(main())


def test_chunks_of_one_sound_have_no_seams(run_virtual: Run) -> None:
    async def main() -> None:
        whole, pieces = RecordingSpeaker(), RecordingSpeaker()
        sound = tone(1.0)
        whole.play(sound, RATE)
        for chunk in np.array_split(sound, 37):
            pieces.play(chunk, RATE)
        await asyncio.gather(whole.drain(), pieces.drain())
        await asyncio.sleep(0.1)
        np.testing.assert_allclose(pieces.recorded(), whole.recorded(), atol=1e-5)

    run_virtual(main())


def test_stopping_fades_within_20_ms_and_forgets_the_rest(run_virtual: Run) -> None:
    async def main() -> None:
        speaker = RecordingSpeaker()
        for _ in range(40):
            speaker.play(tone(0.05), RATE)
        drained = asyncio.ensure_future(speaker.drain())
        await asyncio.sleep(0.512)
        speaker.stop()
        assert speaker.pending_s == 0.0
        assert speaker.played_s == pytest.approx(0.512)
        await asyncio.wait_for(drained, 0.001)
        await asyncio.sleep(1.0)
        assert speaker.played_s == pytest.approx(0.512)
        sound = speaker.recorded(RATE)
        cut = round(0.512 * RATE)
        end = round((0.512 + FADE_S) * RATE)
        assert FADE_S <= 0.020
        assert np.max(np.abs(sound[cut - 200 : cut])) > 0.4
        assert 0.05 < np.max(np.abs(sound[cut:end])) <= 0.5
        assert np.max(np.abs(np.diff(sound[cut - 200 :]))) < 0.06  # no click
        assert not np.any(sound[end + 1 :])
        speaker.stop()
        speaker.play(tone(0.1), RATE)
        assert speaker.played_s == 0.0
        assert speaker.pending_s == pytest.approx(0.1)

    run_virtual(main())


def test_a_hold_leaves_a_hole_and_loses_nothing(run_virtual: Run) -> None:
    async def main() -> None:
        speaker = RecordingSpeaker()
        speaker.play(tone(0.5), RATE)
        speaker.play(tone(0.5, 16_000), 16_000)
        drained = asyncio.ensure_future(speaker.drain())
        await asyncio.sleep(0.312)
        speaker.hold()
        assert speaker.held
        await asyncio.sleep(0.7)
        speaker.hold()
        speaker.play(tone(0.2), RATE)
        assert (speaker.played_s, speaker.pending_s) == (pytest.approx(0.312), pytest.approx(0.888, abs=1e-4))
        assert not drained.done()
        await asyncio.sleep(0.288)
        assert speaker.recorded(RATE).any()
        speaker.release()
        assert not speaker.held
        assert (speaker.played_s, speaker.pending_s) == (pytest.approx(0.312), pytest.approx(0.888, abs=1e-4))
        await asyncio.sleep(0.5)
        assert speaker.played_s == pytest.approx(0.812)
        await drained
        await asyncio.sleep(0.1)
        assert speaker.played_s == pytest.approx(1.2, abs=1e-3)
        assert speaker.pending_s == 0.0
        sound = speaker.recorded(RATE)
        hold, release, end = (round(at * RATE) for at in (0.312, 1.3, 1.3 + 1.2 - 0.312))
        fade = round(FADE_S * RATE)
        assert FADE_S <= 0.010
        assert not np.any(sound[hold + fade + 1 : release - 1])
        assert np.max(np.abs(np.diff(sound[: release + round(0.15 * RATE)]))) < 0.06  # no click, out or in
        level = np.sqrt(np.mean(sound[release + fade : end - fade] ** 2))
        assert level == pytest.approx(0.5 / np.sqrt(2), rel=0.02)
        assert np.flatnonzero(np.abs(sound) > 1e-3)[-1] == pytest.approx(end, abs=40)
        assert speaker.first_audio_s(0.4) == pytest.approx(1.3, abs=1e-3)
        assert [start for start, _ in speaker.plays()] == pytest.approx([0.0, 1.3, 1.488, 1.988], abs=1e-3)

    run_virtual(main())


def test_holds_in_quick_succession_repeat_nothing(run_virtual: Run) -> None:
    async def main() -> None:
        speaker = RecordingSpeaker()
        speaker.play(tone(0.3), RATE)
        for _ in range(10):
            await asyncio.sleep(0.004)
            speaker.hold()
            await asyncio.sleep(0.004)
            speaker.release()
        assert speaker.played_s == pytest.approx(0.04, abs=1e-4)
        assert speaker.played_s + speaker.pending_s == pytest.approx(0.3, abs=1e-3)
        await speaker.drain()
        assert speaker.clock.now_s == pytest.approx(0.34, abs=1e-3)

    run_virtual(main())


def test_a_stop_ends_a_hold_and_a_hold_of_silence_waits_for_sound(run_virtual: Run) -> None:
    async def main() -> None:
        speaker = RecordingSpeaker()
        speaker.play(tone(1.0), RATE)
        await asyncio.sleep(0.2)
        speaker.hold()
        await asyncio.sleep(0.2)
        speaker.stop()
        assert (speaker.held, speaker.pending_s, speaker.played_s) == (False, 0.0, pytest.approx(0.2))
        await speaker.drain()
        speaker.hold()
        speaker.play(tone(0.5), RATE)
        await asyncio.sleep(1.0)
        assert (speaker.played_s, speaker.pending_s) == (0.0, pytest.approx(0.5))
        speaker.release()
        await speaker.drain()
        assert speaker.clock.now_s == pytest.approx(1.9)
        whole = speaker.recorded(RATE)[round(1.4 * RATE) :]
        np.testing.assert_allclose(whole[:100], tone(0.5)[:100], atol=1e-6)  # never cut, so not faded
        speaker.release()

    run_virtual(main())


@pytest.mark.parametrize("speed", [1.0, 2.0])
def test_what_sounded_lines_up_with_what_was_heard(run_virtual: Run, speed: float) -> None:
    """A burst given while hop 30 is heard is the far end of the hop that hears it, at any speed."""
    burst = np.random.default_rng(1).uniform(-0.5, 0.5, 1600).astype(np.float32)

    async def main() -> None:
        microphone = FileMicrophone(np.zeros(SAMPLE_RATE, np.float32), speed=speed, tail_s=0.0)
        speaker = RecordingSpeaker(microphone.clock)
        far, late = [], 0.0
        async for _ in microphone:
            late = asyncio.get_running_loop().time() - microphone.heard_until
            if len(far) == 50:
                await asyncio.sleep(0.03)  # a busy listener: its hops come late, what they heard does not
            began = microphone.heard_until - HOP / SAMPLE_RATE / speed
            far.append(speaker.sounded(began, HOP))
            if len(far) == 31:
                speaker.play(burst, SAMPLE_RATE)
        assert late == pytest.approx(0.0, abs=1e-9)
        assert [index for index, hop in enumerate(far) if hop is not None] == list(range(31, 41))
        np.testing.assert_allclose(np.concatenate(far[31:41]), burst, atol=1e-6)

    run_virtual(main())


def test_a_late_chunk_leaves_a_gap_and_begins_a_new_run(run_virtual: Run) -> None:
    async def main() -> None:
        speaker = RecordingSpeaker()
        speaker.play(tone(0.2), RATE)
        await asyncio.sleep(0.5)
        assert speaker.played_s == pytest.approx(0.2)
        speaker.play(tone(0.2), RATE)
        await asyncio.sleep(0.1)
        assert speaker.played_s == pytest.approx(0.1)
        await speaker.drain()
        assert not np.any(speaker.recorded()[round(0.21 * 24_000) : round(0.49 * 24_000)])

    run_virtual(main())


def test_odd_requests_to_the_speaker(run_virtual: Run) -> None:
    async def main() -> None:
        speaker = RecordingSpeaker()
        speaker.stop()
        await speaker.drain()
        speaker.play(np.zeros(0, np.float32), RATE)
        assert speaker.pending_s == 0.0
        assert len(speaker.recorded()) == 0
        assert speaker.first_audio_s() is None
        with pytest.raises(ValueError, match="mono"):
            speaker.play(np.zeros((2, 10), np.float32), RATE)
        await speaker.close()

    run_virtual(main())


def test_the_clocks_of_two_at_once_agree_at_another_speed(run_virtual: Run) -> None:
    async def main() -> None:
        microphone = FileMicrophone(np.zeros(SAMPLE_RATE, np.float32), speed=4.0, tail_s=1.0)
        speaker = RecordingSpeaker(microphone.clock)
        async for _ in microphone:
            if microphone.position_s == pytest.approx(0.5):
                speaker.play(tone(1.0), RATE)
        assert speaker.plays() == [pytest.approx((0.5, 1.5))]
        await speaker.drain()

    run_virtual(main())


def test_eleven_seconds_of_conversation_take_moments(run_virtual: Run, tmp_path: Path) -> None:
    """Bursts that the detector takes for speech are answered at once; the recording shows it at the right place."""
    rng = np.random.default_rng(3)
    samples = (1e-4 * rng.standard_normal(11 * SAMPLE_RATE)).astype(np.float32)
    time_s = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    buzz = sum(np.sin(2 * np.pi * 140 * k * time_s) / k for k in range(1, 25))  # a voice's harmonics
    syllables = (0.2 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time_s))).astype(np.float32)
    for second in (1, 5):
        samples[second * SAMPLE_RATE : (second + 1) * SAMPLE_RATE] += syllables
    write_wav(tmp_path / "in.wav", samples, SAMPLE_RATE)

    async def main() -> None:
        microphone = FileMicrophone(tmp_path / "in.wav", tail_s=0.0)
        speaker = RecordingSpeaker(microphone.clock)
        front_end = FrontEnd()
        ends = []
        async for hop in microphone:
            front_end.push(hop)
            if front_end.silence_s >= 0.7:
                ends.append(front_end.end())
                assert ends[-1].decided_s == pytest.approx(microphone.position_s)
                speaker.play(tone(0.5), RATE)
        assert [end.at_s for end in ends] == [pytest.approx(2.0, abs=0.15), pytest.approx(6.0, abs=0.15)]
        starts = [start for start, _ in speaker.plays()]
        assert starts == [pytest.approx(end.decided_s) for end in ends]
        assert len(speaker.recorded(16_000)) == 11 * 16_000

    began = time.monotonic()
    run_virtual(main())
    assert time.monotonic() - began < 8.0  # under half a second on an idle machine


def test_virtual_time_tells_a_deadlock_and_does_not_hide_threads(run_virtual: Run) -> None:
    async def main() -> float:
        begun = asyncio.get_running_loop().time()
        assert await asyncio.to_thread(lambda: 42) == 42
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time() - begun

    assert run_virtual(main()) == pytest.approx(3600)

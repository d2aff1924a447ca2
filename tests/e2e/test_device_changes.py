"""Sound devices that come and go while Duet uses them, as PulseAudio provides them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.audio.files import write_wav
from tests.e2e.devices_at_work import Monitor, result, say, start, wait_for, wait_for_all


@pytest.fixture
def tones(tmp_path: Path) -> dict[int, Path]:
    """A minute of 500 Hz and of 1500 Hz."""
    files = {}
    for pitch in (500, 1500):
        files[pitch] = tmp_path / f"{pitch}.wav"
        write_wav(files[pitch], (0.4 * np.sin(2 * np.pi * pitch * np.arange(60 * 16_000) / 16_000)), 16_000)
    return files


def loudest_hz(sound: np.ndarray) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * 16_000 / len(sound))


def recorded(path: Path, outcome: dict) -> np.ndarray:
    """What was heard, which follows the clock: no hop is missing, and none is too many."""
    saved = np.load(path)
    until = saved["until"]
    assert len(saved["sound"]) == outcome["hops"] * 160
    assert np.all(np.diff(until) >= 0.0)
    assert until[-1] - until[0] == pytest.approx(outcome["hops"] * 0.01, abs=0.3)
    assert outcome["hops"] * 0.01 == pytest.approx(outcome["took_s"], abs=2.5)  # a null sink may pause for 2 s
    return saved["sound"]


def test_a_microphone_that_is_unplugged_and_plugged_back_goes_on(pulse, tones, tmp_path: Path) -> None:
    pulse.play_into("mic_feed", tones[500])
    process = start(pulse, "listen", str(tmp_path / "heard.npz"))
    wait_for(process, heard=True)
    pulse.unload("mic")
    assert "gives no sound any more" in wait_for(process, state="lost")["problem"]
    wait_for(process, heard=False)
    pulse.plug_microphone("mic", "mic_feed")
    pulse.pactl("set-default-source", "mic")
    assert wait_for(process, state="open")["name"] == "mic"
    wait_for(process, heard=True)
    say(process, "end")
    sound = recorded(tmp_path / "heard.npz", result(process))
    assert loudest_hz(sound[-1600:]) == pytest.approx(500, abs=20)


def test_another_default_microphone_is_heard_at_once(pulse, tones, tmp_path: Path) -> None:
    pulse.plug_speaker("feed2")
    pulse.plug_microphone("second", "feed2")
    pulse.play_into("mic_feed", tones[500])
    pulse.play_into("feed2", tones[1500])
    process = start(pulse, "listen", str(tmp_path / "heard.npz"))
    wait_for(process, pitch=500)
    pulse.pactl("set-default-source", "second")
    wait_for(process, state="open", name="second")
    wait_for(process, pitch=1500)
    say(process, "end")
    sound = recorded(tmp_path / "heard.npz", result(process))
    hops = sound.reshape(-1, 160)
    pitches = [loudest_hz(hop) for hop in hops[np.abs(hops).max(axis=1) > 0.1]]  # of single hops: 100 Hz apart
    assert (pitches[0], pitches[-1]) == (500, 1500)


def test_a_chosen_microphone_that_is_missing_is_replaced_until_it_comes(pulse, tones, tmp_path: Path) -> None:
    process = start(pulse, "listen", str(tmp_path / "heard.npz"), "headset")
    problem = wait_for(process, state="lost")["problem"]
    assert '"headset"' in problem
    assert "takes its place" in problem
    wait_for(process, state="open")
    pulse.play_into("mic_feed", tones[1500])
    wait_for(process, heard=True)
    pulse.plug_microphone("headset", "speaker")
    wait_for(process, state="open", name="headset")
    wait_for(process, heard=False)
    pulse.unload("headset")
    wait_for_all(process, {"state": "open"}, {"heard": True})
    say(process, "end")
    recorded(tmp_path / "heard.npz", result(process))


def test_a_sound_server_that_starts_again_is_found_again(pulse, tones, tmp_path: Path) -> None:
    process = start(pulse, "listen", str(tmp_path / "heard.npz"))
    wait_for(process, state="open")
    pulse.kill()
    wait_for(process, state="lost")
    pulse.start()
    pulse.wait_until_ready()
    wait_for(process, state="open")
    pulse.play_into("mic_feed", tones[500])
    wait_for(process, heard=True)
    say(process, "end")
    recorded(tmp_path / "heard.npz", result(process))


def test_what_a_vanished_speaker_had_to_say_comes_from_the_next(pulse) -> None:
    pulse.plug_speaker("headphones")
    pulse.pactl("set-default-sink", "headphones")
    with Monitor(pulse) as monitor, Monitor(pulse, "headphones") as headphones:
        process = start(pulse, "speak")
        say(process, "play 6")
        headphones.wait_for_sound()
        assert not np.any(monitor.samples)
        pulse.unload("headphones")
        wait_for(process, state="open")
        monitor.wait_for_sound()
        say(process, "drain")
        done = wait_for(process, did="drain")
        monitor.wait_for_silence()
        say(process, "end")
        result(process)
    assert done["played_s"] == pytest.approx(6.0, abs=0.05)
    both = (len(monitor.heard) + len(headphones.heard)) / 48_000
    assert both == pytest.approx(6.0, abs=0.7)  # what the device had taken is lost, and the server's own part of it


def test_a_speaker_that_is_plugged_back_goes_on(pulse) -> None:
    pulse.plug_speaker("headphones")
    pulse.pactl("set-default-sink", "headphones")
    with Monitor(pulse) as monitor:
        process = start(pulse, "speak", "headphones")
        say(process, "play 12")
        say(process, "until 1")
        wait_for(process, did="until")
        pulse.unload("headphones")
        assert '"headphones"' in wait_for(process, state="lost")["problem"]
        monitor.wait_for_sound()
        pulse.plug_speaker("headphones")
        wait_for(process, state="open", name="headphones")
        monitor.wait_for_silence()
        say(process, "drain")
        assert wait_for(process, did="drain")["played_s"] == pytest.approx(12.0, abs=0.05)
        say(process, "end")
        result(process)


def test_listing_the_devices_anew_interrupts_both_ends_for_a_moment(pulse) -> None:
    with Monitor(pulse) as monitor:
        process = start(pulse, "relist")
        outcome = result(process)
        monitor.wait_for_silence()
    assert outcome["relisted"] is True
    assert outcome["played_s"] == pytest.approx(6.0, abs=0.05)
    assert outcome["hops"] * 0.01 == pytest.approx(outcome["took_s"], abs=2.5)
    assert len(monitor.heard) / 48_000 == pytest.approx(6.0, abs=1.0)

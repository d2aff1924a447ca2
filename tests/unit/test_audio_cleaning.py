"""Echo cancellation in synthetic rooms: the assistant's own voice starts nothing, the user over it is heard."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from pywebrtc_audio import AudioProcessor

from app.audio.base import HOP, SAMPLE_RATE
from app.audio.cleaning import DELAY, Cleaner
from app.audio.frontend import Finding, FrontEnd, SpeechStart, Stir
from app.audio.level import level_dbfs
from app.audio.room import Room
from tests.unit.sounds import background, spoken_by_espeak

ANSWER = "A leap year has three hundred and sixty six days. There is one every four years, except at a century's end."


def at_dbfs(samples: np.ndarray, dbfs: float) -> np.ndarray:
    return (samples * 10 ** ((dbfs - level_dbfs(samples)) / 20)).astype(np.float32)


@pytest.fixture(scope="module")
def answer() -> np.ndarray:
    said = at_dbfs(spoken_by_espeak(ANSWER, "en-gb"), -20.0)
    return np.concatenate([said, np.zeros(SAMPLE_RATE // 2, np.float32)])


@pytest.fixture(scope="module")
def user() -> np.ndarray:
    return at_dbfs(spoken_by_espeak("What time is it in London", "en-us+f2"), -24.0)


def hear(near: np.ndarray, far: np.ndarray | None) -> list[tuple[float, Finding]]:
    """Findings and when they were made. `far` as long as `near`."""
    front_end, found = FrontEnd(), []
    for start in range(0, len(near) - HOP + 1, HOP):
        played = None if far is None else far[start : start + HOP]
        findings = front_end.push(near[start : start + HOP], played if played is not None and played.any() else None)
        found += [(front_end.now_s, finding) for finding in findings]
        if front_end.silence_s >= 0.7:
            front_end.end()
    return found


def test_switching_the_canceller_on_and_off_is_not_heard(user: np.ndarray) -> None:
    """Half a second after the far end fell silent, and again in the bypass, the sound is the filtered one."""
    near = np.concatenate([background(2.0, -60), user, background(2.0, -60), user]).astype(np.float32)
    far = np.zeros(len(near), np.float32)
    far[:SAMPLE_RATE] = background(1.0, -20)
    cleaner = Cleaner()
    hops = [slice(start, start + HOP) for start in range(0, len(near) - HOP + 1, HOP)]
    cleaned, cancelling = [], []
    for hop in hops:
        cleaned.append(cleaner.push(near[hop], far[hop] if far[hop].any() else None))
        cancelling.append(cleaner.cancelling)
    assert cancelling[:150] == [True] * 150
    assert not any(cancelling[205:])
    whole = np.concatenate(cleaned)
    filtered = AudioProcessor(SAMPLE_RATE, high_pass_filter=True).process(near)
    first = round(1.6 * SAMPLE_RATE)
    difference = whole[first + DELAY :] - filtered[first : len(whole) - DELAY]
    assert level_dbfs(difference) < level_dbfs(filtered) - 60


def test_it_is_switched_on_again_without_old_sound(user: np.ndarray) -> None:
    cleaner = Cleaner()
    loud, silent = at_dbfs(user[:HOP], -10.0), np.zeros(HOP, np.float32)
    for _ in range(3):
        cleaner.push(loud, background(0.01, -30))
    for _ in range(150):
        cleaner.push(silent)
    assert level_dbfs(cleaner.push(silent, background(0.01, -60))) < -60


@pytest.mark.parametrize(("level", "delay_ms"), [*itertools.product([-20.0, -12.0, -6.0], [2, 60, 250])])
def test_the_assistant_does_not_start_itself(answer: np.ndarray, level: float, delay_ms: int) -> None:
    """From the first word of the first answer on, when the canceller knows nothing of the room."""
    room = Room(level_db=level, delay_s=delay_ms / 1000, reverberation_s=0.35, seed=delay_ms + 7)
    near = room.echo(answer) + background(len(answer) / SAMPLE_RATE, -65)
    found = [finding for _, finding in hear(near, answer) if isinstance(finding, Stir | SpeechStart)]
    assert found == []


def test_without_cancellation_it_would(answer: np.ndarray) -> None:
    near = Room(level_db=-12.0).echo(answer) + background(len(answer) / SAMPLE_RATE, -65)
    assert any(isinstance(finding, SpeechStart) for _, finding in hear(near, None))


@pytest.mark.parametrize(("level", "within_s"), [(-20.0, 0.11), (-12.0, 0.11), (-6.0, 0.15)])
def test_a_user_over_the_answer_is_heard(answer: np.ndarray, user: np.ndarray, level: float, within_s: float) -> None:
    far = np.concatenate([answer, answer])
    near = Room(level_db=level, delay_s=0.06).echo(far) + background(len(far) / SAMPLE_RATE, -65)
    at = len(answer)
    near[at : at + len(user)] += user
    found = hear(near, far)
    since = [at_s - at / SAMPLE_RATE for at_s, finding in found if isinstance(finding, Stir)]
    assert 0.0 < since[0] <= within_s
    assert any(0.0 < at_s - at / SAMPLE_RATE <= 0.4 for at_s, finding in found if isinstance(finding, SpeechStart))


def test_both_ends_must_be_in_step(answer: np.ndarray) -> None:
    with pytest.raises(ValueError, match="shape"):
        FrontEnd().push(answer[:HOP], answer[: HOP - 1])


def test_with_a_headset_the_user_is_heard_over_the_very_first_answer(answer: np.ndarray, user: np.ndarray) -> None:
    """A canceller that knows nothing would take the user for the echo that it expects."""
    begins = 2 * SAMPLE_RATE
    near = background(len(answer) / SAMPLE_RATE + 1.0, -70).astype(np.float32)
    far = np.concatenate([np.zeros(SAMPLE_RATE, np.float32), answer])[: len(near)]
    near[begins : begins + len(user)] += user
    found = [at_s for at_s, finding in hear(near, far) if isinstance(finding, Stir)]
    stir = next((at_s for at_s in found if at_s > begins / SAMPLE_RATE), None)
    assert stir is not None
    assert stir - begins / SAMPLE_RATE < 0.16

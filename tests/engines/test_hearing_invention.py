"""Each rule that tells what a Whisper model heard from what it invented."""

import numpy as np
import pytest

from app.engines.hearing.base import SAMPLE_RATE
from app.engines.hearing.invention import Decoded, invented, looping, speech_bounds, speech_probabilities
from tests.engines.sounds import noise
from tests.makers.spoken import speak


def decoded(text: str, avg_logprob: float = -0.2, no_speech_prob: float = 0.02, speech_s: float = 1.5) -> Decoded:
    return Decoded(text, avg_logprob, no_speech_prob, speech_s)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (decoded("What is the weather in Paris?"), None),
        (decoded("Thank you."), None),
        (decoded("you", speech_s=0.4), None),
        (decoded("What is the weather?", avg_logprob=-1.2), None),
        (decoded("What is the weather?", no_speech_prob=0.9), None),
        (decoded("No no no."), None),
        (decoded(" ... "), "no words"),
        (decoded("♪"), "no words"),
        (decoded("What is the weather?", avg_logprob=-2.0), "too improbable"),
        (decoded("What?", avg_logprob=-1.1, no_speech_prob=0.7), "no speech, by the model's own account"),
        (decoded("Thanks for watching!"), "a caption"),
        (decoded("Subtitles by the Amara.org community"), "a caption"),
        (decoded("Please subscribe to my channel."), "a caption"),
        (decoded("ご視聴ありがとうございました"), "a caption"),
        (decoded("Thank you.", no_speech_prob=0.5), "a filler that was hardly heard"),
        (decoded("Thank you.", avg_logprob=-0.9), "a filler that was hardly heard"),
        (decoded("you", speech_s=0.1), "a filler that was hardly heard"),
        (decoded("I have so much to say about this", speech_s=0.1), "more words than there is speech"),
        (decoded("I'm going to go. " * 8, speech_s=10), "a loop"),
    ],
)
def test_rules(what: Decoded, reason: str | None) -> None:
    assert invented(what) == reason


def test_ordinary_sentences_are_no_loops() -> None:
    assert not looping("Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.")
    assert not looping("no " * 12)
    assert looping("la " * 40)


def test_the_network_tells_speech_from_noise_and_leaves_its_input_alone() -> None:
    for text in ("No.", "What is the weather in Paris?"):
        sound = speak(text)
        before = sound.copy()
        start, end, amount = speech_bounds(speech_probabilities(sound))
        assert 0.1 < start < 0.6 < end + 0.3 <= sound.size / SAMPLE_RATE + 0.3
        assert amount >= 0.1
        assert np.array_equal(sound, before)
    assert speech_bounds(speech_probabilities(noise(3, -30))) == (0, 0, 0)
    exact = np.zeros(512 * 20, np.float32)
    exact[-10:] = 0.5
    speech_probabilities(exact)
    assert exact[-1] == 0.5
    assert speech_bounds(speech_probabilities(np.zeros(0, np.float32))) == (0, 0, 0)

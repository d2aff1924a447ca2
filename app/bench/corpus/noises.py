"""Sounds without words: coughs, throats being cleared, knocks, keys, babble and an office.

Coughs follow the usual description of their sound (Korpas, Sadlonova and Vrabec 1996): an explosive burst, a longer
stretch of turbulent flow, and often a voiced phase at the end. They are shaped noise, no recordings, and milder than a
true cough, which is louder than speech.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from app.audio.base import SAMPLE_RATE, Samples
from app.bench.corpus.narrator import VOICES, Line, narrator
from app.bench.corpus.recordings import office_recording
from app.bench.corpus.sentences import sentences
from app.bench.corpus.sound import at_level, looped, rms_db, silence
from app.bench.corpus.turns import SpokenTurn, kept, spoken

Bands = Sequence[tuple[float, float, float]]
"""Resonances: centre in Hz, bandwidth in Hz, gain."""

THROAT: Bands = ((500.0, 250.0, 1.0), (1400.0, 400.0, 0.6), (2600.0, 700.0, 0.3))
MOUTH: Bands = ((700.0, 500.0, 0.8), (1700.0, 900.0, 1.0), (3200.0, 1500.0, 0.6))

BABBLERS = 6
"""Voices in a babble: so many that no word can be followed."""


def coughs(count: int, seed: int = 1) -> tuple[SpokenTurn, ...]:
    """One to three bursts each."""
    return _many("cough", count, seed, _cough)


def throats(count: int, seed: int = 1) -> tuple[SpokenTurn, ...]:
    """Throats being cleared: low, rough and periodic, the hardest to tell from speech."""
    return _many("throat", count, seed, _throat)


def knocks(count: int, seed: int = 1) -> tuple[SpokenTurn, ...]:
    """Two to four knocks on wood, or a cup put down."""
    return _many("knock", count, seed, _knock)


async def babble(seconds: float, seed: int = 1) -> Samples:
    """Several people talking at once, none of them to Duet; RMS -26 dBFS."""
    recipe = {"kind": "babble", "seconds": seconds, "seed": seed, "voices": BABBLERS}

    async def make() -> Sequence[SpokenTurn]:
        rng, length = random.Random(f"babble {seed}"), round(seconds * SAMPLE_RATE)
        mixed = np.zeros(length, np.float32)
        async with narrator() as speaker:
            for number in range(BABBLERS):
                voice, parts = rng.choice(VOICES), [silence(0.0)]
                for text in sentences(round(seconds), seed * 100 + number):
                    parts += [await speaker.say(Line(text, voice, rng.uniform(0.9, 1.1))), silence(rng.uniform(0, 0.4))]
                    if sum(map(len, parts)) >= length:
                        break
                voice_alone = at_level(np.concatenate(parts), -26.0 + rng.uniform(-3, 3))
                mixed += looped(voice_alone, length, rng.randrange(len(voice_alone)))
        mixed *= np.float32(10 ** ((-26.0 - rms_db(mixed)) / 20))
        return [spoken(mixed, kind="babble", text="", voice="several")]

    return (await kept(recipe, make))[0].samples


async def office(seconds: float, seed: int = 1) -> tuple[Samples, str]:
    """An office, and what it is: the recording where it is at hand, else air, hum, keys and distant voices."""
    recorded = office_recording()
    if recorded is not None:
        return looped(recorded, round(seconds * SAMPLE_RATE)), "the recorded office"
    rng = np.random.default_rng(seed)
    length = round(seconds * SAMPLE_RATE)
    times = np.arange(length) / SAMPLE_RATE
    sound = _shaped(rng, length, ((150.0, 300.0, 1.0), (900.0, 1500.0, 0.15))) * 0.01
    sound += 0.001 * np.sin(2 * np.pi * 100.0 * times)
    for at in np.cumsum(rng.exponential(0.35, round(seconds * 2))):
        start = round(at * SAMPLE_RATE)
        if start + 800 < length:
            sound[start : start + 800] += _decaying(_shaped(rng, 800, ((3000.0, 2500.0, 1.0),)), 0.006) * 0.03
    distant = await babble(seconds, seed)
    return (sound + 0.08 * looped(distant, length)).astype(np.float32), "a synthetic office"


def _many(kind: str, count: int, seed: int, make: Callable[[np.random.Generator], Samples]) -> tuple[SpokenTurn, ...]:
    rng = np.random.default_rng([seed, *kind.encode()])
    made = []
    for _ in range(count):
        sound = np.concatenate([silence(0.1), make(rng)])
        made.append(spoken(at_level(sound, rng.uniform(-28.0, -16.0)), kind=kind, text="", voice="synthetic"))
    return tuple(made)


def _cough(rng: np.random.Generator) -> Samples:
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        burst = _decaying(_shaped(rng, _samples(rng.uniform(0.03, 0.06)), MOUTH), 0.05)
        flow = _decaying(_shaped(rng, _samples(rng.uniform(0.1, 0.25)), MOUTH), 0.08) * 0.5
        parts += [burst, flow]
        if rng.random() < 0.6:
            parts.append(_voiced(rng, rng.uniform(0.05, 0.1), rng.uniform(160, 320), jitter=0.05) * 0.4)
        parts.append(silence(rng.uniform(0.08, 0.25)))
    return np.concatenate(parts[:-1])


def _throat(rng: np.random.Generator) -> Samples:
    parts = []
    for _ in range(int(rng.integers(1, 3))):
        rough = _voiced(rng, rng.uniform(0.15, 0.35), rng.uniform(55, 110), jitter=0.25)
        parts += [rough + 0.3 * _shaped(rng, len(rough), THROAT), silence(rng.uniform(0.05, 0.15))]
    return np.concatenate(parts[:-1])


def _knock(rng: np.random.Generator) -> Samples:
    wood = ((rng.uniform(150, 350), 120.0, 1.0), (rng.uniform(600, 1100), 400.0, 0.5))
    length, parts = _samples(0.08), []
    for _ in range(int(rng.integers(2, 5))):
        click = _shaped(rng, length, ((2500.0, 3000.0, 1.0),))
        parts += [
            _decaying(_shaped(rng, length, wood), rng.uniform(0.012, 0.03)) + 0.3 * _decaying(click, 0.002),
            silence(rng.uniform(0.08, 0.25)),
        ]
    return np.concatenate(parts[:-1])


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def _shaped(rng: np.random.Generator, length: int, bands: Bands) -> Samples:
    """White noise through resonances, RMS 1."""
    return _through(rng.standard_normal(length), bands)


def _voiced(rng: np.random.Generator, seconds: float, pitch_hz: float, jitter: float) -> Samples:
    """Pulses of a glottis, irregular by `jitter`, through a throat; RMS 1, fading at both ends."""
    pulses = np.zeros(_samples(seconds))
    at = 0.0
    while at < len(pulses):
        pulses[int(at)] = rng.uniform(0.6, 1.0)
        at += SAMPLE_RATE / pitch_hz * max(0.3, 1.0 + rng.normal(0.0, jitter))
    edge = np.minimum(1.0, np.minimum(np.arange(len(pulses)), np.arange(len(pulses))[::-1]) / 160)
    return (_through(pulses, THROAT) * edge).astype(np.float32)


def _through(source: np.ndarray, bands: Bands) -> Samples:
    spectrum = np.fft.rfft(source)
    frequencies = np.fft.rfftfreq(len(source), 1 / SAMPLE_RATE)
    gain = sum(height / np.sqrt(1 + ((frequencies - centre) / (width / 2)) ** 2) for centre, width, height in bands)
    sound = np.fft.irfft(spectrum * gain, len(source))
    return (sound / max(float(np.sqrt(np.mean(sound**2))), 1e-9)).astype(np.float32)


def _decaying(sound: Samples, time_constant_s: float) -> Samples:
    return (sound * np.exp(-np.arange(len(sound)) / SAMPLE_RATE / time_constant_s)).astype(np.float32)

"""The corpora are what they say: exact ends and pauses, true noise ratios, the same again from the same recipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.audio.base import SAMPLE_RATE, Samples
from app.bench.corpus import makers, noises, recordings, turns
from app.bench.corpus.rooms import rooms
from app.bench.corpus.sound import active_level_db, at_level, pauses, rms_db, speech_span, with_noise
from app.errors import BadInput
from app.settings import cache_dir
from tests.makers.spoken import speak

EXACT_S = 0.01


def tone(seconds: float, amplitude: float = 0.3, hz: float = 220.0) -> Samples:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(
        np.float32
    )


def silent(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def test_ends_and_pauses_of_a_known_sound_are_found_to_a_frame() -> None:
    sound = np.concatenate([silent(0.2), tone(0.5), silent(0.3), tone(0.4), silent(0.05), tone(0.1), silent(0.6)])
    start_s, end_s = speech_span(sound)
    assert start_s == pytest.approx(0.2, abs=0.003)
    assert end_s == pytest.approx(1.55, abs=0.003)
    assert pauses(sound) == ((pytest.approx(0.7, abs=0.003), pytest.approx(1.0, abs=0.003)),)


@pytest.mark.parametrize("text", ["What is the weather in Paris?", "Stop.", "Who is the boss?", "Turn on the lamp."])
def test_what_a_voice_says_ends_where_nothing_more_can_be_heard(text: str) -> None:
    said = speak(text)
    end_s = speech_span(said)[1]
    peak, (before, after) = np.abs(said).max(), np.split(said, [round(end_s * SAMPLE_RATE)])
    assert np.abs(after).max() < 0.015 * peak
    assert np.abs(before[-round(EXACT_S * SAMPLE_RATE) :]).max() > 0.003 * peak


def test_noise_below_the_speech_does_not_move_the_ends() -> None:
    rng = np.random.default_rng(1)
    sound = np.concatenate([silent(0.5), tone(1.0), silent(0.5)]) + rng.normal(0, 1e-3, 2 * SAMPLE_RATE)
    start_s, end_s = speech_span(sound.astype(np.float32))
    assert (start_s, end_s) == (pytest.approx(0.5, abs=0.005), pytest.approx(1.5, abs=0.005))


def test_silence_has_no_speech() -> None:
    with pytest.raises(ValueError, match="no speech"):
        speech_span(silent(1.0))


@pytest.mark.parametrize("snr_db", [0.0, 5.0, 20.0])
def test_noise_is_mixed_in_at_the_ratio_that_was_asked_for(snr_db: float) -> None:
    speech = np.concatenate([silent(1.0), tone(1.0, 0.1), silent(2.0)])
    noise = np.random.default_rng(2).normal(0, 0.2, 7000).astype(np.float32)
    mixed = with_noise(speech, noise, snr_db)
    left = mixed - speech
    assert active_level_db(speech) - rms_db(left) == pytest.approx(snr_db, abs=0.1)


def test_a_level_is_reached_unless_it_would_clip() -> None:
    assert active_level_db(at_level(tone(1.0, 0.01), -20.0)) == pytest.approx(-20.0, abs=0.1)
    assert np.abs(at_level(tone(1.0, 0.01), 6.0)).max() <= 1.0


async def test_turns_end_where_their_energy_does_and_pause_where_they_say() -> None:
    plain = await makers.plain_turns(4, seed=5)
    paused = await makers.paused_turns(3, seed=5)
    for turn in (*plain, *paused):
        assert turn.duration_s == pytest.approx(turn.end_s, abs=EXACT_S)
        last = turn.samples[round((turn.end_s - EXACT_S) * SAMPLE_RATE) : round(turn.end_s * SAMPLE_RATE)]
        assert rms_db(last) > active_level_db(turn.samples) - 42.0
        assert turn.start_s == pytest.approx(makers.LEAD_S, abs=EXACT_S)
        assert turn.text
        assert turn.voice
    for turn in paused:
        longest = max(end_s - start_s for start_s, end_s in turn.pauses)
        assert makers.PAUSES_S[0] <= longest <= makers.PAUSES_S[1] + 0.25  # a plosive's closure may adjoin it
        assert all(turn.start_s < start_s < end_s < turn.end_s for start_s, end_s in turn.pauses)


async def test_other_kinds_of_turns_are_made() -> None:
    (two,) = await makers.two_part_turns(1)
    (hesitating,) = await makers.hesitating_turns(1)
    murmurs = await makers.backchannels(3)
    assert two.pauses
    assert hesitating.pauses
    assert any(word in hesitating.text for word in makers.HESITATIONS)
    assert all(murmur.end_s - murmur.start_s < 0.8 for murmur in murmurs)


async def test_a_corpus_is_the_same_again_from_the_cache_and_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = await makers.paused_turns(2, seed=9)
    kept = list((cache_dir() / "corpora").iterdir())
    assert len(kept) == 1
    assert same(await makers.paused_turns(2, seed=9), first)
    kept[0].write_bytes(kept[0].read_bytes()[:100])  # a damaged file is made anew
    assert same(await makers.paused_turns(2, seed=9), first)
    monkeypatch.setenv("DUET_HOME", str(tmp_path / "elsewhere"))
    assert same(await makers.paused_turns(2, seed=9), first)
    assert not same(await makers.paused_turns(2, seed=10), first)


def same(some: tuple[turns.SpokenTurn, ...], others: tuple[turns.SpokenTurn, ...]) -> bool:
    return all(
        np.array_equal(a.samples, b.samples) and (a.text, a.pauses, a.end_s) == (b.text, b.pauses, b.end_s)
        for a, b in zip(some, others, strict=True)
    )


def test_the_digest_tells_recipes_apart_and_knows_no_order() -> None:
    assert turns.digest({"kind": "plain", "seed": 1}) == turns.digest({"seed": 1, "kind": "plain"})
    assert turns.digest({"kind": "plain", "seed": 1}) != turns.digest({"kind": "plain", "seed": 2})


def test_noises_are_seeded_and_as_loud_as_speech() -> None:
    for make in (noises.coughs, noises.throats, noises.knocks):
        made = make(4, 7)
        assert same(made, make(4, 7))
        assert not np.array_equal(made[0].samples, make(4, 8)[0].samples)
        for each in made:
            assert each.text == ""
            assert -40.0 < active_level_db(each.samples) < -10.0
            assert each.end_s - each.start_s < 2.5


async def test_babble_and_an_office_are_there_without_any_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "speech_folder", lambda: None)
    babble = await noises.babble(4.0)
    office, what = await noises.office(4.0)
    assert rms_db(babble) == pytest.approx(-26.0, abs=0.2)
    assert len(babble) == len(office) == 4 * SAMPLE_RATE
    assert -60.0 < rms_db(office) < -30.0
    assert "synthetic" in what


def test_a_folder_without_transcripts_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(recordings.VARIABLE, str(tmp_path))
    with pytest.raises(BadInput, match=r"transcripts\.json"):
        recordings.recordings()


def test_recordings_of_people_have_ends(shared_speech: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(recordings.VARIABLE, str(shared_speech))
    found = {each.voice: each for each in recordings.recordings()}
    assert found["weather_question.wav"].end_s == pytest.approx(1.81, abs=0.03)
    assert max(end_s - start_s for start_s, end_s in found["beckett.wav"].pauses) > 0.8
    assert found["weather_question.wav"].text == "What is the weather in Paris?"


def test_the_rooms_span_the_levels_and_delays_and_are_all_different() -> None:
    made = rooms()
    assert {room.level_db for room in made} == {-20.0, -12.0, -6.0}
    assert min(room.delay_s for room in made) == 0.002
    assert max(room.delay_s for room in made) == 0.25
    assert len({room.seed for room in made}) == len(made)

"""The models of ends of turns: both published interfaces on small real networks, and what is no such model."""

from pathlib import Path

import numpy as np
import pytest

from app.engines.job import NullJob
from app.engines.listening.base import SAMPLE_RATE, Samples
from app.engines.listening.engine import ListeningEngine
from app.errors import BadInput, BadModel, Cancelled
from tests.engines.jobs import CountingJob
from tests.engines.sounds import noise
from tests.makers.turn_models import make_adder, make_smart_turn, make_turn_1_mini

MAKERS = {"smart-turn": make_smart_turn, "turn-1-mini": make_turn_1_mini}


@pytest.fixture(scope="module", params=list(MAKERS))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ListeningEngine:
    path = MAKERS[request.param](tmp_path_factory.mktemp("turn") / "model.onnx")
    engine = ListeningEngine(turn_model=str(path))
    assert engine.info(NullJob()).turn_model == request.param
    return engine


def said(voiced_s: float, pause_s: float, odd: int = 0) -> Samples:
    """Noise that stands for speech, a pause, and a few samples more."""
    quiet = noise(pause_s, -70.0, seed=1)
    return np.concatenate([noise(voiced_s, -20.0), quiet, np.zeros(odd, np.float32)])


def probability(engine: ListeningEngine, samples: Samples) -> float:
    found = engine.turn_probability(samples, NullJob())
    assert found is not None
    return found


@pytest.mark.parametrize("voiced_s", [0.5, 3.0, 20.0])
def test_the_end_of_the_sound_is_the_end_that_the_model_sees(engine: ListeningEngine, voiced_s: float) -> None:
    assert probability(engine, said(voiced_s, 0.25)) > 0.9
    assert probability(engine, said(voiced_s, 0.0)) < 0.1


@pytest.mark.parametrize("odd", [0, 1, 319, 320, 2559])
def test_pieces_of_a_step_change_nothing(engine: ListeningEngine, odd: int) -> None:
    assert probability(engine, said(1.0, 0.25, odd)) > 0.9
    assert probability(engine, said(1.0 + odd / SAMPLE_RATE, 0.0)) < 0.1


def test_what_lies_more_than_eight_seconds_back_is_not_looked_at(engine: ListeningEngine) -> None:
    long = said(2.0, 9.0)
    assert probability(engine, long) == pytest.approx(probability(engine, long[-8 * SAMPLE_RATE :]))


def test_nothing_and_silence_give_a_probability(engine: ListeningEngine) -> None:
    for sound in (np.zeros(0, np.float32), np.zeros(5, np.float32), np.zeros(SAMPLE_RATE, np.float32)):
        assert 0 <= probability(engine, sound) <= 1


def test_cancelling_leaves_the_engine_usable(engine: ListeningEngine) -> None:
    with pytest.raises(Cancelled):
        engine.turn_probability(said(3.0, 0.25), CountingJob(cancel_at=2))
    assert probability(engine, said(3.0, 0.25)) > 0.9


def test_sound_that_is_no_sound_is_refused(engine: ListeningEngine) -> None:
    with pytest.raises(BadInput):
        engine.turn_probability(np.full(SAMPLE_RATE, np.nan, np.float32), NullJob())


def test_without_a_model_there_is_no_probability() -> None:
    assert ListeningEngine().turn_probability(said(1.0, 0.3), NullJob()) is None


@pytest.mark.parametrize("content", [b"", b"not a model", None])
def test_a_missing_or_damaged_file_is_told_in_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadModel, match=r"broken\.onnx.*[.]$"):
        ListeningEngine(turn_model=str(path))


def test_a_cut_off_file_is_told(tmp_path: Path) -> None:
    path = make_smart_turn(tmp_path / "cut.onnx")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(BadModel, match=r"cut\.onnx"):
        ListeningEngine(turn_model=str(path))


def test_another_network_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"not one that hears ends of turns"):
        ListeningEngine(turn_model=str(make_adder(tmp_path / "adder.onnx")))


def test_other_shapes_and_answers_that_are_no_probability_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"does not work as a smart-turn model"):
        ListeningEngine(turn_model=str(make_smart_turn(tmp_path / "wide.onnx", bands=128)))
    with pytest.raises(BadModel, match=r"answers 3, which is no probability"):
        ListeningEngine(turn_model=str(make_turn_1_mini(tmp_path / "loud.onnx", loudest=3.0)))

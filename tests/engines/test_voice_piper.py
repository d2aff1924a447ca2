"""What the Piper engine does beyond what every voice does, with a real network of one tone per phoneme."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from app.engines.job import NullJob
from app.engines.voice.piper import PEAK, PiperEngine
from app.errors import BadInput, BadModel
from tests.engines.voices import joined, level_db, say
from tests.makers.piper_voice import make_piper_voice


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_piper_voice(tmp_path_factory.mktemp("voice"))


@pytest.fixture(scope="module")
def engine(path: Path) -> PiperEngine:
    return PiperEngine(str(path))


@pytest.mark.parametrize("level", [0.02, 0.2, 0.9])
def test_every_voice_is_brought_to_one_level(tmp_path: Path, level: float) -> None:
    engine = PiperEngine(str(make_piper_voice(tmp_path, level=max(level, PEAK / 8))))
    assert np.abs(joined(say(engine, "Hello there.")[0])).max() == pytest.approx(PEAK, rel=0.05)


def test_the_level_stays_the_same_from_clause_to_clause(engine: PiperEngine) -> None:
    chunks, _ = say(
        engine, "A first sentence here. Then a second one that is longer than that. And so to the end, a third."
    )
    levels = [level_db(chunk.samples) for chunk in chunks]
    assert len(levels) >= 2
    assert max(levels) - min(levels) < 1.0


def test_leading_silence_is_trimmed(engine: PiperEngine) -> None:
    """The network gives 0.2 s of it before every clause."""
    for chunk in say(engine, "A first clause here, and a second clause that is long enough to follow it.")[0]:
        assert np.flatnonzero(np.abs(chunk.samples) > 0.05)[0] < 0.02 * chunk.sample_rate


def test_speakers_are_voices(tmp_path: Path) -> None:
    engine = PiperEngine(str(make_piper_voice(tmp_path, speakers={"anna": 0, "bert": 1})))
    info = engine.info(NullJob())
    assert (info.voices, info.voice) == (("anna", "bert"), "anna")
    pitches = {}
    for voice in ("anna", "bert", "1"):
        sound = joined(say(engine, "Hello there.", voice=voice)[0])
        pitches[voice] = int(np.argmax(np.abs(np.fft.rfft(sound))))
    assert pitches["anna"] < pitches["bert"] == pitches["1"]
    with pytest.raises(BadInput, match="anna, bert"):
        say(engine, "Hello", voice="clara")
    assert PiperEngine(engine.info(NullJob()).source, voice="bert").info(NullJob()).voice == "bert"


def test_languages_have_speakers_or_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = make_piper_voice(tmp_path / "other")
    path = make_piper_voice(tmp_path, speakers={"anna": 0, "bert": 1})
    engine = PiperEngine(str(path), voices={"de": "bert", "fr": str(other)})
    assert say(engine, "The capital of France is Paris.")[1].voice == "anna"
    assert say(engine, "Die Hauptstadt von Frankreich ist Paris.")[1].voice == "bert"
    assert say(engine, "La capitale de la France est Paris.")[1].voice == "0"
    with pytest.raises(BadInput, match="nobody"):
        PiperEngine(str(path), voices={"de": "nobody"})


def test_rate_is_the_inverse_of_the_length_scale(engine: PiperEngine) -> None:
    normal, double = (say(engine, "One two three four five", rate=rate)[1].audio_s for rate in (1.0, 2.0))
    assert double / normal == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("text", ["a", "No", "Hi!", "7"])
def test_very_short_texts_are_spoken(engine: PiperEngine, text: str) -> None:
    chunks, _ = say(engine, text)
    assert [chunk.text for chunk in chunks] == [text]
    assert 0.02 < chunks[0].samples.size / chunks[0].sample_rate < 2


def test_raw_phoneme_blocks_are_text(engine: PiperEngine) -> None:
    assert say(engine, "[[x]]")[1].audio_s != say(engine, "ks")[1].audio_s
    assert joined(say(engine, "[[ hello ]] there")[0]).size


def test_phonemes_may_be_letters(tmp_path: Path) -> None:
    engine = PiperEngine(str(make_piper_voice(tmp_path, phoneme_type="text")))
    assert joined(say(engine, "hello there")[0]).size


def test_missing_files_are_named(tmp_path: Path, path: Path) -> None:
    with pytest.raises(BadModel, match=r"nothing\.onnx"):
        PiperEngine(str(tmp_path / "nothing.onnx"))
    alone = tmp_path / "alone.onnx"
    alone.write_bytes(path.read_bytes())
    with pytest.raises(BadModel, match=r"alone\.onnx\.json"):
        PiperEngine(str(alone))


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"audio": {"sample_rate": "x"}}', "\ufeff\0"])
def test_a_broken_description_is_a_bad_model(tmp_path: Path, content: str) -> None:
    path = make_piper_voice(tmp_path)
    path.with_name("voice.onnx.json").write_text(content, "utf-8")
    with pytest.raises(BadModel, match="does not describe a Piper voice"):
        PiperEngine(str(path))


@pytest.mark.parametrize("keep", [0, 10, 0.5])
def test_a_truncated_network_is_a_bad_model(tmp_path: Path, keep: float) -> None:
    path = make_piper_voice(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(keep if keep >= 1 else keep * len(data))])
    with pytest.raises(BadModel, match=r"not a usable ONNX model|not a Piper voice"):
        PiperEngine(str(path))


def test_another_network_is_a_bad_model(tmp_path: Path) -> None:
    path = make_piper_voice(tmp_path)
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "other", [value], [out])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    with pytest.raises(BadModel, match="not a Piper voice"):
        PiperEngine(str(path))


def test_a_description_of_another_voice_is_a_bad_model(tmp_path: Path) -> None:
    path = make_piper_voice(tmp_path, speakers={"anna": 0, "bert": 1})
    described = path.with_name("voice.onnx.json")
    described.write_text(json.dumps(json.loads(described.read_text("utf-8")) | {"num_speakers": 1}), "utf-8")
    with pytest.raises(BadModel, match="does not speak as a Piper voice"):
        PiperEngine(str(path))

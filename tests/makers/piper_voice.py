"""Writes a small real Piper voice: an ONNX network that sounds one tone per phoneme.

It keeps Piper's contract (inputs, config, speakers, length scale), begins with silence as trained voices do, and its
level is a knob, so that timing, cutting and loudness can be tested. Needs the onnx package.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SAMPLE_RATE = 16_000
SAMPLES_PER_PHONEME = 640
LEAD_PHONEMES = 5
"""Silent units before the first tone: 0.2 s."""


def make_piper_voice(
    folder: Path, *, speakers: dict[str, int] | None = None, level: float = 0.2, phoneme_type: str = "espeak"
) -> Path:
    """Write `voice.onnx` and `voice.onnx.json` into `folder`; returns the path of the former.

    Each phoneme id sounds for 40 ms times the length scale at 100 Hz + 7 Hz * id (+ 200 Hz * speaker), with amplitude
    `level`; ids below 4 (pad, start, end, space) are silent.
    """
    speakers = speakers or {}
    path = folder / "voice.onnx"
    onnx.save(_model(bool(speakers), level), path)
    path.with_name("voice.onnx.json").write_text(json.dumps(_config(speakers, phoneme_type)), "utf-8")
    return path


def _config(speakers: dict[str, int], phoneme_type: str) -> dict[str, Any]:
    symbols = [chr(code) for code in range(33, 127)] + list("əɪɛæɑɔʊʌɜɹɾθðʃʒŋɡˈˌːɐɚᵻʔ")
    ids = {"_": [0], "^": [1], "$": [2], " ": [3]}
    ids |= {symbol: [4 + index] for index, symbol in enumerate(s for s in symbols if s not in "_^$")}
    return {
        "audio": {"sample_rate": SAMPLE_RATE},
        "espeak": {"voice": "en-us"},
        "phoneme_type": phoneme_type,
        "num_symbols": len(ids),
        "num_speakers": max(1, len(speakers)),
        "speaker_id_map": speakers,
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_id_map": ids,
    }


def _model(with_speakers: bool, level: float) -> onnx.ModelProto:
    """phase = cumsum(frequency / rate) over every id repeated for its samples; sound = level * sin(2 pi phase)."""
    nodes, constants = [], []

    def const(name: str, value: Any, kind: type = np.float32) -> str:
        constants.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def node(kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    ids = node("Cast", ["input"], "ids", to=TensorProto.FLOAT)
    lead = node("Pad", [ids, const("pads", [0, LEAD_PHONEMES, 0, 0], np.int64)], "led")
    column = node("Unsqueeze", [lead, const("axis", [2], np.int64)], "column")
    scale = node("Slice", ["scales", const("one", [1], np.int64), const("two", [2], np.int64)], "scale")
    length = node(
        "Cast", [node("Mul", [scale, const("unit", SAMPLES_PER_PHONEME)], "units")], "length", to=TensorProto.INT64
    )
    shape = node("Concat", [const("ones", [1, 1], np.int64), length], "shape", axis=0)
    spread = node("Expand", [column, shape], "spread")
    flat = node("Reshape", [spread, const("flat_shape", [1, 1, -1], np.int64)], "flat")
    loud = node("Cast", [node("Greater", [flat, const("silent", 3.5)], "sounding")], "loud", to=TensorProto.FLOAT)
    pitch = node("Add", [node("Mul", [flat, const("step", 7.0)], "raised"), const("base", 100.0)], "pitch")
    if with_speakers:
        speaker = node("Mul", [node("Cast", ["sid"], "who", to=TensorProto.FLOAT), const("apart", 200.0)], "voice")
        pitch = node("Add", [pitch, speaker], "pitched")
    turns = node("Div", [pitch, const("rate", SAMPLE_RATE / (2 * np.pi))], "turns")
    phase = node("CumSum", [turns, const("last", 2, np.int64)], "phase")
    tone = node("Mul", [node("Sin", [phase], "sine"), loud], "tone")
    node("Mul", [node("Unsqueeze", [tone, const("first", [0], np.int64)], "batched"), const("level", level)], "output")

    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    inputs += [helper.make_tensor_value_info("sid", TensorProto.INT64, [1])] if with_speakers else []
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "samples"])]
    graph = helper.make_graph(nodes, "tones", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model

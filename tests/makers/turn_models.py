"""Writes small real ONNX models with exactly the interfaces of Smart Turn v3 and of turn-1-mini.

Both say that a turn is over when it is quiet at the end and something was said before, so that their answers show
whether the sound reached them as it should. Needs onnx.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

STATES = {
    "audio": (1, 1),
    "conv1": (1, 80, 2),
    "conv2": (1, 4, 2),
    "k": (6, 1, 8, 4),
    "v": (6, 1, 8, 4),
    "k_valid": (1, 8),
    "h6": (1, 4),
}
"""Names of turn-1-mini's states; the shapes are smaller than the published ones, which the graph itself tells."""


def make_smart_turn(path: Path, *, bands: int = 80) -> Path:
    """(batch, 80, 800) features to (batch, 1): how far the last 0.2 s lie below the loudest tenth of a second."""
    consts = {"axes": np.array([1, 2]), "start": np.array([-20]), "end": np.array([2**31]), "time": np.array([2])}
    nodes = [
        helper.make_node("Slice", ["input_features", "start", "end", "time"], ["tail"]),
        helper.make_node("ReduceMean", ["tail", "axes"], ["quiet"], keepdims=0),
        helper.make_node("ReduceMean", ["input_features", "bands"], ["frames"], keepdims=0),
        helper.make_node("ReduceMax", ["frames", "last"], ["loud"], keepdims=0),
        helper.make_node("Sub", ["loud", "quiet"], ["fall"]),
        helper.make_node("Sub", ["fall", "half"], ["over"]),
        helper.make_node("Mul", ["over", "slope"], ["scaled"]),
        helper.make_node("Sigmoid", ["scaled"], ["flat"]),
        helper.make_node("Unsqueeze", ["flat", "last"], ["logits"]),
    ]
    consts |= {"bands": np.array([1]), "last": np.array([1])}
    floats = {"half": np.array(0.4, np.float32), "slope": np.array(20, np.float32)}
    graph = helper.make_graph(
        nodes,
        "smart-turn",
        [helper.make_tensor_value_info("input_features", TensorProto.FLOAT, ["batch", bands, 800])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in (consts | floats).items()],
    )
    return _save(graph, path)


def make_turn_1_mini(path: Path, *, loudest: float = 1.0) -> Path:
    """A step of 2,560 samples to eight probabilities: quiet now, and the state knows of sound before.

    `loudest` is the highest answer.
    """
    consts = {
        "frames": np.array([8, 320]),
        "each": np.array([1]),
        "all": np.array([0, 1]),
        "gain": np.array(1000, np.float32),
        "zero": np.array(0, np.float32),
        "one": np.array(loudest, np.float32),
        "full": np.array(1, np.float32),
    }
    nodes = [
        helper.make_node("Reshape", ["audio", "frames"], ["cut"]),
        helper.make_node("Mul", ["cut", "cut"], ["squares"]),
        helper.make_node("ReduceMean", ["squares", "each"], ["energy"], keepdims=0),
        helper.make_node("Mul", ["energy", "gain"], ["scaled"]),
        helper.make_node("Clip", ["scaled", "zero", "full"], ["sounding"]),
        helper.make_node("Sub", ["full", "sounding"], ["quiet"]),
        helper.make_node("ReduceSum", ["sounding"], ["sum"], keepdims=0),
        helper.make_node("Add", ["state_audio", "sum"], ["new_state_audio"]),
        helper.make_node("Clip", ["new_state_audio", "zero", "one"], ["said"]),
        helper.make_node("ReduceSum", ["said", "all"], ["said_once"], keepdims=0),
        helper.make_node("Mul", ["quiet", "said_once"], ["probs"]),
    ]
    nodes += [
        helper.make_node("Identity", [f"state_{name}"], [f"new_state_{name}"]) for name in STATES if name != "audio"
    ]
    shapes = [(f"state_{name}", list(shape)) for name, shape in STATES.items()]
    graph = helper.make_graph(
        nodes,
        "turn-1-mini",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in [("audio", [1, 2560]), *shapes]
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in [("probs", [8]), *((f"new_{name}", shape) for name, shape in shapes)]
        ],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in consts.items()],
    )
    return _save(graph, path)


def make_adder(path: Path) -> Path:
    """A valid model that has nothing to do with speech."""
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("a", "b", "c")]
    return _save(helper.make_graph([helper.make_node("Add", ["a", "b"], ["c"])], "adder", value[:2], value[2:]), path)


def _save(graph: onnx.GraphProto, path: Path) -> Path:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path

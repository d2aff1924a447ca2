"""ONNX sessions for what runs all the time: one thread, which never spins, and nothing printed."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from app.errors import BadModel


def quiet_session(path: Path) -> onnxruntime.InferenceSession:
    """A session on `path`. Raises `BadModel` for what is missing or no ONNX model."""
    if not path.is_file():
        raise BadModel(f"There is no ONNX model at {path}; choose an .onnx file.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # a few kilobytes at a time: the arena would only hold memory
    for pool in ("intra_op", "inter_op"):
        options.add_session_config_entry(f"session.{pool}.allow_spinning", "0")
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise BadModel(f"{path.name} is not a usable ONNX model ({reason(error)}); fetch it again.") from error


def reason(error: Exception) -> str:
    """The first line of a library's complaint, short enough for a sentence."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:120]

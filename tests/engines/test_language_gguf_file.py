"""Files that are no language models, and files that were: each is refused with one sentence, before native code."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engines.language.gguf_file import check_language_model, read_header
from app.engines.language.llama import LlamaEngine
from app.errors import BadModel
from app.registry.starter import starter_model
from tests.makers.gguf_model import write_adapter, write_model, write_other


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("gguf") / "model.gguf")


def refused(path: Path) -> str:
    """The sentence with which the engine refuses `path`."""
    with pytest.raises(BadModel) as caught:
        LlamaEngine(path=str(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_good_file_is_read(model: Path) -> None:
    header = read_header(model)
    check_language_model(header)
    assert header.architecture == "llama"
    assert header.metadata["general.name"] == "Scripted"
    assert header.metadata["tokenizer.ggml.tokens"].count == 261 + 7
    assert header.tensors["blk.0.ffn_up.weight"].shape == (320, 32)
    check_language_model(read_header(starter_model()))


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "none.gguf")
    assert "is a folder" in refused(tmp_path)


def test_a_name_with_nul_is_told() -> None:
    with pytest.raises(BadModel, match=r"cannot be opened|does not exist"):
        LlamaEngine(path="a\0b.gguf")


@pytest.mark.parametrize("content", [b"", b"GGUF", b"PK\x03\x04" + b"x" * 100, b"GGUF" + b"\xff" * 100, b"\0" * 4096])
def test_garbage(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "garbage.gguf"
    path.write_bytes(content)
    refused(path)


@pytest.mark.parametrize("share", [0.0005, 0.005, 0.3, 0.999999])
def test_a_truncated_file(model: Path, tmp_path: Path, share: float) -> None:
    path = tmp_path / "short.gguf"
    whole = model.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "download it again" in refused(path)


@pytest.mark.parametrize(
    ("architecture", "type", "says"),
    [
        ("clip", None, "image or sound encoder"),
        ("clip", "mmproj", "image or sound encoder"),
        ("whisper", None, "speech recogniser"),
        ("bert", "model", "embedding model"),
        ("llama", "adapter", "an adapter"),
        ("llama", "vocab", "'vocab'"),
        ("llama", "model", "no tokenizer"),
        ("flux", None, "image generator"),
    ],
)
def test_other_kinds_of_models(tmp_path: Path, architecture: str, type: str | None, says: str) -> None:
    assert says in refused(write_other(tmp_path / "other.gguf", architecture, type))


def test_an_adapter_is_no_model(tmp_path: Path) -> None:
    assert "adapter" in refused(write_adapter(tmp_path / "lora.gguf", after=1, say=2, vocabulary=268))


def test_an_architecture_that_llama_cpp_does_not_know(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.gguf"
    path.write_bytes(model.read_bytes().replace(b"llama", b"llamb"))
    assert "llama.cpp cannot load" in refused(path)


@pytest.mark.parametrize("count", [2**63, 2**32, 10**6])
def test_lying_counts_cost_no_memory(model: Path, tmp_path: Path, count: int) -> None:
    data = bytearray(model.read_bytes())
    for at in (8, 16):
        lying = data.copy()
        lying[at : at + 8] = struct.pack("<Q", count)
        path = tmp_path / f"lying{at}.gguf"
        path.write_bytes(lying)
        refused(path)


def test_a_part_of_a_split_model_is_told(tmp_path: Path) -> None:
    path = tmp_path / "m-00002-of-00003.gguf"
    other = write_model(tmp_path / "m.gguf")
    data = other.read_bytes()
    key = b"split.no"
    extra = struct.pack("<Q", len(key)) + key + struct.pack("<IH", 2, 1)
    key = b"split.count"
    extra += struct.pack("<Q", len(key)) + key + struct.pack("<IH", 2, 3)
    pairs = struct.unpack_from("<Q", data, 16)[0] + 2
    path.write_bytes(data[:16] + struct.pack("<Q", pairs) + extra + data[24:] + bytes(64))
    assert "part 2 of 3" in refused(path)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_mutated_header_is_read_or_refused_and_nothing_else(
    model: Path, tmp_path: Path, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(model.read_bytes())
    for at, value in changes:
        data[at] = value
    path = tmp_path / "mutant.gguf"
    path.write_bytes(data)
    with contextlib.suppress(BadModel):  # anything else is a failure
        check_language_model(read_header(path))

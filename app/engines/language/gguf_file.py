"""Reads the header of a GGUF file and says whether native code may be let near it.

Plain `struct` over a memory map: no allocation follows a length that the file merely claims, and arrays are stepped
over. It checks form (magic, bounds, sizes against the file's end) and kind (a language model, a LoRA adapter). It does
not look at weights: a flipped bit in them is a matter of digests.

Source: the GGUF specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3).
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import BadModel

Buffer = mmap.mmap | bytes

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_MAX_DIMENSIONS = 4
_MAX_KEY = 65_535
_MAX_PAIRS = 65_536
_MAX_TENSORS = 1_000_000

# ggml type -> (elements of a block, bytes of a block); a type that is not listed is newer than this table, and its
# tensors are held to their offset only.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 40),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66),
    17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66),
    39: (32, 17),
}  # fmt: skip

# Architectures of GGUF files that llama.cpp's tools write and that cannot hold a conversation.
_OTHER_KINDS = {
    "clip": "an image or sound encoder (mmproj)",
    "whisper": "a speech recogniser",
    "bert": "an embedding model",
    "nomic-bert": "an embedding model",
    "nomic-bert-moe": "an embedding model",
    "jina-bert-v2": "an embedding model",
    "jina-bert-v3": "an embedding model",
    "modern-bert": "an embedding model",
    "neo-bert": "an embedding model",
    "eurobert": "an embedding model",
    "gemma-embedding": "an embedding model",
    "wavtokenizer-dec": "a sound decoder",
    "t5encoder": "a text encoder",
    "flux": "an image generator",
    "sd1": "an image generator",
    "sd3": "an image generator",
    "sdxl": "an image generator",
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor as the header describes it. `shape` in GGUF's order: the length of a row first."""

    shape: tuple[int, ...]
    type: int
    offset: int


@dataclass(frozen=True, slots=True)
class ArrayValue:
    """An array that was stepped over: what it holds, how many, and where its elements begin."""

    type: int
    count: int
    start: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says of itself. Sizes and offsets in bytes."""

    path: Path
    metadata: Mapping[str, Any]
    tensors: Mapping[str, Tensor]
    data_start: int
    size: int

    @property
    def architecture(self) -> str:
        return str(self.metadata.get("general.architecture", ""))

    @property
    def kind(self) -> str:
        return str(self.metadata.get("general.type", "model"))


def read_header(path: str | Path) -> Header:
    """Read and check the header of `path`. Raises `BadModel` for anything that is not a whole GGUF file."""
    file = Path(path)
    try:
        if not file.is_file():
            what = "is a folder, not a model file" if file.is_dir() else "does not exist"
            raise BadModel(f"{file} {what}; choose a .gguf file.")
        size = file.stat().st_size
        if size < 24:
            raise BadModel(f"{file} is no GGUF model: it has only {size} bytes; download it again.")
        with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return _Reader(view, size, file).header()
    except OSError as error:
        raise BadModel(f"{file} cannot be read ({error.strerror or error}); check its permissions.") from error
    except ValueError as error:  # a NUL in the path, or a file that shrank between stat and mmap
        raise BadModel(f"{str(file)!r} cannot be opened as a model file ({error}).") from error


def check_language_model(header: Header) -> None:
    """Raise `BadModel` unless the file holds a whole language model that can be asked things."""
    path, architecture = header.path, header.architecture
    if header.kind == "adapter" or "adapter.type" in header.metadata:
        raise BadModel(f"{path} is an adapter, not a language model; load it together with its base model.")
    if header.kind == "mmproj" or architecture in _OTHER_KINDS:
        kind = _OTHER_KINDS.get(architecture, "an image or sound encoder (mmproj)")
        raise BadModel(f"{path} is {kind}, not a language model; choose a chat model's GGUF file.")
    if header.kind not in ("model", ""):
        raise BadModel(f"{path} holds {header.kind!r}, not a language model; choose a chat model's GGUF file.")
    if not architecture:
        raise BadModel(f"{path} does not say which kind of model it is (general.architecture); download it again.")
    if not header.tensors:
        raise BadModel(f"{path} holds no weights, only a vocabulary; choose the model's own file.")
    if "tokenizer.ggml.model" not in header.metadata:
        raise BadModel(f"{path} has no tokenizer, so it is not a language model; choose a chat model's GGUF file.")
    if not isinstance(header.metadata.get(f"{architecture}.context_length"), int):
        raise BadModel(f"{path} does not state {architecture}.context_length; it is damaged or not a language model.")
    _check_split(header)


def _check_split(header: Header) -> None:
    count, number = header.metadata.get("split.count", 0), header.metadata.get("split.no", 0)
    if not isinstance(count, int) or not isinstance(number, int) or count <= 1:
        return
    if number != 0:
        raise BadModel(f"{header.path} is part {number + 1} of {count}; choose the first part.")
    match = re.fullmatch(r"(.*)-00001-of-(\d{5})\.gguf", header.path.name)
    if match is None or int(match[2]) != count:
        raise BadModel(
            f"{header.path} is the first of {count} parts but is not named so; give it its first name again."
        )
    for part in range(2, count + 1):
        other = header.path.with_name(f"{match[1]}-{part:05d}-of-{count:05d}.gguf")
        read_header(other)


class _Reader:
    """A cursor over the file's bytes that never leaves them."""

    def __init__(self, view: Buffer, size: int, path: Path) -> None:
        self.view, self.size, self.path = view, size, path
        self.at = 0

    def header(self) -> Header:
        self._magic()
        tensor_count, pair_count = self._number("<Q"), self._number("<Q")
        if pair_count > _MAX_PAIRS or tensor_count > _MAX_TENSORS:
            raise self._damaged(f"its header claims {tensor_count} tensors and {pair_count} keys")
        metadata: dict[str, Any] = {}
        for _ in range(pair_count):
            key = self._string(_MAX_KEY)
            if key in metadata:
                raise self._damaged(f"the key {key!r} stands in it twice")
            metadata[key] = self._value(self._number("<I"), key)
        tensors: dict[str, Tensor] = {}
        for _ in range(tensor_count):
            name, tensor = self._tensor()
            if name in tensors:
                raise self._damaged(f"the tensor {name!r} stands in it twice")
            tensors[name] = tensor
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
            raise self._damaged(f"its alignment is {alignment}")
        start = (self.at + alignment - 1) // alignment * alignment
        self._check_data(tensors, start, alignment)
        return Header(self.path, metadata, tensors, start, self.size)

    def _magic(self) -> None:
        magic = self._take(4)
        if magic != b"GGUF":
            raise BadModel(f"{self.path} is no GGUF model: it begins with {magic!r}; choose a .gguf file.")
        version = self._number("<I")
        if version in (2 << 24, 3 << 24):
            raise BadModel(f"{self.path} was written for a big-endian machine; get the ordinary GGUF file.")
        if version not in (2, 3):
            raise BadModel(f"{self.path} is GGUF version {version}, which Duet cannot read; get versions 2 or 3.")

    def _tensor(self) -> tuple[str, Tensor]:
        name = self._string(_MAX_KEY)
        dimensions = self._number("<I")
        if not 1 <= dimensions <= _MAX_DIMENSIONS:
            raise self._damaged(f"the tensor {name!r} has {dimensions} dimensions")
        shape = tuple(self._number("<Q") for _ in range(dimensions))
        if any(n == 0 or n >= 1 << 48 for n in shape):
            raise self._damaged(f"the tensor {name!r} has the shape {shape}")
        return name, Tensor(shape, self._number("<I"), self._number("<Q"))

    def _check_data(self, tensors: Mapping[str, Tensor], start: int, alignment: int) -> None:
        """Every tensor must lie inside the file: a download that broke off is noticed here."""
        for name, tensor in tensors.items():
            if tensor.offset % alignment:
                raise self._damaged(f"the tensor {name!r} is not aligned")
            end = start + tensor.offset + (tensor_bytes(tensor) or 0)
            if end > self.size:
                raise BadModel(
                    f"{self.path} is truncated: it should have at least {end} bytes and has {self.size}; "
                    "download it again."
                )

    def _value(self, kind: int, key: str) -> Any:
        if kind == _STRING:
            return self._string(self.size)
        if kind == _ARRAY:
            return self._array(key)
        layout = _SCALARS.get(kind)
        if layout is None:
            raise self._damaged(f"the key {key!r} has the unknown type {kind}")
        return self._number(layout)

    def _array(self, key: str) -> ArrayValue:
        kind, count, start = self._number("<I"), self._number("<Q"), 0
        start = self.at
        layout = _SCALARS.get(kind)
        if layout is not None:
            self._skip(count * struct.calcsize(layout))
        elif kind == _STRING:
            self._skip_strings(count)
        else:
            raise self._damaged(f"the key {key!r} is an array of the type {kind}")
        return ArrayValue(kind, count, start)

    def _skip_strings(self, count: int) -> None:
        """Step over `count` strings. A vocabulary has up to 300,000, so this loop is kept bare."""
        if count * 8 > self.size - self.at:
            raise self._broken()
        at, last, view = self.at, self.size - 8, self.view
        unpack = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if at > last:
                raise self._broken()
            at += 8 + unpack(view, at)[0]
        self.at = at
        if at > self.size:
            raise self._broken()

    def _string(self, longest: int) -> str:
        length = self._number("<Q")
        if length > longest:
            raise self._broken()
        return self._take(length).decode("utf-8", "replace")

    def _number(self, layout: str) -> Any:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))[0]

    def _take(self, count: int) -> bytes:
        at = self.at
        self._skip(count)
        return self.view[at : at + count]

    def _skip(self, count: int) -> None:
        if count > self.size - self.at:
            raise self._broken()
        self.at += count

    def _broken(self) -> BadModel:
        return BadModel(f"{self.path} is truncated or damaged: its header runs past its end; download it again.")

    def _damaged(self, why: str) -> BadModel:
        return BadModel(f"{self.path} is damaged: {why}; download it again.")


def tensor_bytes(tensor: Tensor) -> int | None:
    """Bytes that the tensor's data takes; None for a ggml type newer than this reader.

    A row that is no whole number of blocks counts as more than any file has: native code would refuse it.
    """
    block = _BLOCKS.get(tensor.type)
    if block is None:
        return None
    elements, size = block
    if tensor.shape[0] % elements:
        return 1 << 62
    total = size * (tensor.shape[0] // elements)
    for n in tensor.shape[1:]:
        total *= n
    return total

"""LoRA adapters: checked against the base model before native code sees them, opened once, swapped per request.

A shape-mismatched adapter makes llama.cpp fail in ways that a caller cannot catch, so shapes are compared here first.
"""

from __future__ import annotations

import ctypes
import hashlib
import math
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as ll

from app.engines.job import Job
from app.engines.language.base import Adapter
from app.engines.language.gguf_file import Header, read_header
from app.engines.language.native import last_errors
from app.errors import BadInput, BadModel

_A, _B = ".lora_a", ".lora_b"


class Adapters:
    """The adapters of one model. Those opened stay open until the model is freed, which frees them too."""

    def __init__(self, model: Any, base: Header) -> None:
        self._model = model
        self._base = base
        self._open: dict[tuple[str, int, int], Any] = {}
        self._digest: str | None = None
        self.active: tuple[tuple[Any, float], ...] = ()

    def open(self, adapter: Adapter, job: Job) -> Any:
        """The native adapter. Raises `BadModel` if it is damaged or not made for this model."""
        if not math.isfinite(adapter.scale):
            raise BadInput(f"The scale of the adapter {adapter.path} is {adapter.scale}; it must be a number.")
        header = read_header(adapter.path)
        stat = header.path.stat()
        key = (str(header.path.resolve()), stat.st_mtime_ns, stat.st_size)
        if adapter.base is not None:
            self._check_digest(adapter, job)
        if key not in self._open:
            check_adapter(header, self._base)
            native = ll.llama_adapter_lora_init(self._model, str(header.path).encode())
            if not native:  # a ctypes NULL is falsy, not None
                raise BadModel(
                    f"llama.cpp cannot load the adapter {adapter.path} ({last_errors() or 'no reason given'})."
                )
            self._open[key] = native
        return self._open[key]

    def apply(self, context: Any, wanted: tuple[Adapter, ...], job: Job) -> bool:
        """Make `wanted` the context's adapters; whether that changed anything (its memory is then void)."""
        chosen = tuple((self.open(a, job), float(a.scale)) for a in wanted)
        if chosen == self.active:
            return False
        count = len(chosen)
        natives = (ll.llama_adapter_lora_p_ctypes * count)(*[native for native, _ in chosen])
        scales = (ctypes.c_float * count)(*[scale for _, scale in chosen])
        if ll.llama_set_adapters_lora(context, natives, count, scales) != 0:
            raise BadModel(f"llama.cpp cannot apply the adapters {', '.join(a.path for a in wanted)}.")
        self.active = chosen
        return True

    def _check_digest(self, adapter: Adapter, job: Job) -> None:
        wanted = (adapter.base or "").lower().removeprefix("sha256:")
        if self._digest is None:
            self._digest = file_digest(self._base.path, job)
        if wanted != self._digest:
            raise BadModel(f"The adapter {adapter.path} was trained on another model than {self._base.path}.")


def file_digest(path: Path, job: Job) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 22):
            digest.update(chunk)
            job.checkpoint()
    return digest.hexdigest()


def check_adapter(adapter: Header, base: Header) -> None:
    """Raise `BadModel` unless every tensor of the LoRA fits its tensor of the base model."""
    path = adapter.path
    if adapter.kind != "adapter" or adapter.metadata.get("adapter.type") != "lora":
        raise BadModel(f"{path} is no LoRA adapter; choose a file that was made as one.")
    if adapter.architecture != base.architecture:
        raise BadModel(f"The adapter {path} is for {adapter.architecture} models; {base.path} is {base.architecture}.")
    names = {name.removesuffix(_A).removesuffix(_B) for name in adapter.tensors if name.endswith((_A, _B))}
    if not names:
        raise BadModel(f"The adapter {path} holds no LoRA tensors; make it again.")
    for name in names:
        _check_pair(name, adapter, base)


def _check_pair(name: str, adapter: Header, base: Header) -> None:
    a, b, model = adapter.tensors.get(name + _A), adapter.tensors.get(name + _B), base.tensors.get(name)
    if a is None or b is None:
        raise BadModel(f"The adapter {adapter.path} is damaged: {name} has only one of its halves.")
    if model is None:
        raise BadModel(f"The adapter {adapter.path} was made for another model: {base.path} has no tensor {name}.")
    if name == "token_embd.weight":  # stored transposed, rank first
        fits = (b.shape[0], a.shape[1]) == model.shape[:2] and a.shape[0] == b.shape[1] if _flat(a, b) else False
    else:
        fits = (a.shape[0], b.shape[1]) == model.shape[:2] and a.shape[1] == b.shape[0] if _flat(a, b) else False
    if not fits:
        raise BadModel(
            f"The adapter {adapter.path} was made for another model: its {name} is {a.shape} by {b.shape}, "
            f"which does not fit {model.shape} of {base.path}."
        )


def _flat(*tensors: Any) -> bool:
    return all(len(t.shape) == 2 for t in tensors)

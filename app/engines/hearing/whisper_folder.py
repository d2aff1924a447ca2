"""A Whisper model's folder: checked file by file, then loaded. Nothing is ever fetched.

faster-whisper asks the hub for whatever is missing, and CTranslate2's complaints do not name files; so both are given
only folders that passed these checks.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# OpenMP threads that spin after their work take the cores from the language model; it reads this when it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("KMP_BLOCKTIME", "0")

from faster_whisper import WhisperModel
from faster_whisper.tokenizer import _LANGUAGE_CODES

from app.errors import BadModel

_SPECIALS = ("<|startoftranscript|>", "<|endoftext|>", "<|notimestamps|>")


MANNER_FILE = "duet.json"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model wants to be asked; a file `duet.json` in its folder may say so, with these names.

    A sound is encoded with `margin_s` of silence after it, and for no less than `floor_s`: under 10 s released models
    lose accuracy. `suppress_tokens` None suppresses those that the model's own configuration names. `prompted`: whether
    it was trained to take what was said before as its prompt, as released models were.
    """

    floor_s: float = 10.0
    margin_s: float = 2.0
    suppress_tokens: tuple[int, ...] | None = None
    prompted: bool = True


def manner(folder: Path) -> Manner:
    """What the folder says, or what released models want. Raises `BadModel` for a file that cannot be meant so."""
    path = folder / MANNER_FILE
    if not path.is_file():
        return Manner()
    _check_json(path)
    said: Any = json.loads(path.read_text("utf-8"))
    try:
        tokens = said.pop("suppress_tokens", None)
        found = Manner(**said, suppress_tokens=None if tokens is None else tuple(int(token) for token in tokens))
        right = 0 < float(found.floor_s) <= 30 and 0 <= float(found.margin_s) <= 10 and found.prompted in (True, False)
    except (AttributeError, TypeError, ValueError):
        right = False
    if not right:
        raise BadModel(f"{path} does not say how to ask the model; mend or remove it.")
    return found


def load(folder: Path, threads: int) -> WhisperModel:
    """The model, int8 on the CPU with that many threads. Raises `BadModel` that names what is missing or damaged."""
    check(folder)
    try:
        model = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=threads, num_workers=1, local_files_only=True
        )
    except Exception as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise BadModel(f"The Whisper model in {folder} is damaged ({first[:120]}); fetch it again.") from error
    for token in _SPECIALS:
        if model.hf_tokenizer.token_to_id(token) is None:
            raise BadModel(f"tokenizer.json in {folder} is not Whisper's (it lacks {token}); fetch the model again.")
    return model


def check(folder: Path) -> None:
    """Raise `BadModel` unless `folder` holds all files of a Whisper model, each readable as what it should be."""
    if not folder.is_dir():
        raise BadModel(f"There is no folder {folder}; choose the folder of a Whisper model for faster-whisper.")
    for name in ("model.bin", "config.json", "tokenizer.json"):
        if not (folder / name).is_file():
            raise BadModel(f"The Whisper folder {folder} lacks {name}; fetch the model again, with all its files.")
    vocabularies = [folder / f"vocabulary.{ending}" for ending in ("json", "txt")]
    if not any(path.is_file() for path in vocabularies):
        raise BadModel(f"The Whisper folder {folder} lacks vocabulary.json; fetch the model again, with all its files.")
    for path in (folder / "config.json", folder / "tokenizer.json", *vocabularies, folder / "preprocessor_config.json"):
        if path.suffix == ".json" and path.is_file():
            _check_json(path)
    with (folder / "model.bin").open("rb") as file:
        if b"WhisperSpec" not in file.read(64):
            raise BadModel(f"{folder / 'model.bin'} is not a Whisper model for CTranslate2; choose another folder.")


def languages(model: WhisperModel) -> tuple[str, ...]:
    """The codes of the languages it can be told to hear."""
    if not model.model.is_multilingual:
        return ("en",)
    return tuple(code for code in _LANGUAGE_CODES if model.hf_tokenizer.token_to_id(f"<|{code}|>") is not None)


def _check_json(path: Path) -> None:
    try:
        json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadModel(f"{path} is damaged; fetch the model again.") from error

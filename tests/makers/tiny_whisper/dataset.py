"""Clips on disk, as faster-whisper's own log-mel features: shards of one array and one list each, written whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from tests.makers.tiny_whisper.clips import Piece, Studio
from tests.makers.tiny_whisper.speech import TRAINED_VOICES

SHARD = 500
Features = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Example:
    """Features (80, frames) of one clip, what is said, and the phonemes."""

    features: Features
    pieces: tuple[Piece, ...]
    phonemes: str


def features_of(sound: NDArray[np.float32], extractor: FeatureExtractor) -> NDArray[np.float32]:
    """As faster-whisper encodes it: without the last frame; what it pads, it pads with zeros after that."""
    found: NDArray[np.float32] = extractor(sound)[..., :-1]
    return found


def write(folder: Path, seed: int, count: int) -> None:
    """`count` clips in shards of `SHARD`; those that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    extractor = FeatureExtractor()
    for shard in range(count // SHARD):
        path = folder / f"{seed}-{shard}.npy"
        if path.exists():
            continue
        studio = Studio(1000 * seed + shard, phonemes=True)
        clips = [studio.training_clip(TRAINED_VOICES) for _ in range(SHARD)]
        mels = [features_of(clip.samples, extractor).astype(np.float16) for clip in clips]
        rows = [
            {"frames": mel.shape[1], "pieces": [asdict(piece) for piece in clip.pieces], "phonemes": clip.phonemes}
            for mel, clip in zip(mels, clips, strict=True)
        ]
        path.with_suffix(".json").write_text(json.dumps(rows), "utf-8")
        part = path.with_suffix(".part")
        with part.open("wb") as out:
            np.save(out, np.concatenate(mels, axis=1))
        part.rename(path)


class Dataset:
    """All examples of a folder; `refresh` takes in the shards that came since."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[Path] = set()
        self.examples: list[Example] = []
        self.refresh()

    def refresh(self) -> None:
        for path in sorted(self._folder.glob("*.npy")):
            if path in self._known:
                continue
            self._known.add(path)
            mels, at = np.load(path), 0
            for row in json.loads(path.with_suffix(".json").read_text("utf-8")):
                pieces = tuple(Piece(**piece) for piece in row["pieces"])
                self.examples.append(Example(mels[:, at : at + row["frames"]], pieces, row["phonemes"]))
                at += row["frames"]

"""Trains the network: cross-entropy of the tokens, and two losses more that make it quick.

CTC of the phonemes at the encoder (Graves et al. 2006): after some 300 steps it hears phonemes. Guided attention
(Tachibana et al. 2017): two heads of each decoder layer are told about where in the clip each token is said.
The schedule runs by time at work, not by steps, so it fits any machine; pauses of the process do not count.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.makers.tiny_whisper import targets
from tests.makers.tiny_whisper.dataset import Dataset, Example
from tests.makers.tiny_whisper.network import MELS, POSITIONS, Network, Shape
from tests.makers.tiny_whisper.tokens import Tokens

BATCH = 16
RATE, WARMUP_STEPS, CONSTANT_SHARE = 1.0e-3, 300, 0.3
DROPOUT, SMOOTHING = 0.05, 0.02
CTC_WEIGHT, LATE_CTC_WEIGHT, LATE = 0.7, 0.3, 0.7
GUIDED_HEADS, GUIDE_WEIGHT, GUIDE_WIDTH_S = 2, 1.0, 0.3
POSITIONS_PER_S = 50
PADDED_SHARE, PADDING_SAMPLES = 0.6, 32
PROMPTED_SHARE = 0.3
SEVERAL_WEIGHT = 3.0
"""Clips of several sentences are harder, so they come so many times as often as there are of them."""
MISLED_SHARE = 0.2
"""Of the tokens that the decoder is shown, so many are others than were said."""
PHONEMES = 96
MOST_FRAMES = 1000
EARLY, EARLY_FRAMES = 0.25, 280
"""In the first quarter only short clips: they cost less, and phonemes are learned sooner from them."""
SAVE_S = 120.0
PAUSE_S = 5.0
"""A step that took longer was interrupted; only this much of it counts as work."""
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one step: features, token ids, their successors (`IGNORED` where none is learned), phonemes.

    `places` are the times (s) at which the successors are said, NaN for those that are not.
    """

    mel: Tensor
    ids: Tensor
    wanted: Tensor
    places: Tensor
    phonemes: Tensor
    phoneme_counts: Tensor


class Trainer:
    """A network in training, with all that a checkpoint keeps. Attributes: `step`, `worked_s`."""

    def __init__(self, clips: Path, tokens: Tokens, checkpoint: Path, minutes: float, seed: int = 0) -> None:
        """Continue from `checkpoint` if it is there; train until `minutes` of work are done."""
        torch.manual_seed(seed)
        self._random, self._numbers = random.Random(seed), np.random.default_rng(seed)
        self._tokens, self._checkpoint, self._minutes = tokens, checkpoint, minutes
        self._data = Dataset(clips)
        self._symbols: dict[str, int] = {}
        shape = Shape(tokens.size)
        self.network, self._ctc = Network(shape), nn.Linear(shape.width, PHONEMES)
        self._parameters = [*self.network.parameters(), *self._ctc.parameters()]
        self._optimizer = torch.optim.AdamW(self._parameters, lr=RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        self.step, self.worked_s = 0, 0.0
        if checkpoint.exists():
            self._resume(torch.load(checkpoint, weights_only=True))

    def run(self, said: Callable[[str], None]) -> None:
        """Train to the end, saving every `SAVE_S`."""
        losses: list[tuple[float, float]] = []
        saved_s = self.worked_s
        begun = time.perf_counter()
        for batch in self._batches():
            share = self.worked_s / (60 * self._minutes)
            if share >= 1:
                break
            losses.append(self._learn(batch, share))
            now = time.perf_counter()
            self.worked_s += min(now - begun, PAUSE_S)
            begun = now
            if self.step % 100 == 0:
                tokens, phonemes = np.mean(losses, axis=0)
                said(
                    f"{self.step} steps {self.worked_s:.0f} s rate {self._rate(share):.5f} tokens {tokens:.3f} "
                    f"phonemes {phonemes:.3f} clips {len(self._data.examples)}"
                )
                losses.clear()
            if self.worked_s - saved_s > SAVE_S:
                saved_s = self.worked_s
                self.save()
        self.save()

    def save(self) -> None:
        part = self._checkpoint.with_suffix(".part")
        state = {
            "shape": asdict(self.network.shape),
            "network": self.network.state_dict(),
            "ctc": self._ctc.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "symbols": self._symbols,
            "step": self.step,
            "worked_s": self.worked_s,
        }
        torch.save(state, part)
        part.rename(self._checkpoint)

    def _resume(self, state: dict[str, object]) -> None:
        self.network.load_state_dict(state["network"])  # type: ignore[arg-type]
        self._ctc.load_state_dict(state["ctc"])  # type: ignore[arg-type]
        self._optimizer.load_state_dict(state["optimizer"])  # type: ignore[arg-type]
        self._symbols = dict(state["symbols"])  # type: ignore[call-overload]
        self.step, self.worked_s = int(state["step"]), float(state["worked_s"])  # type: ignore[call-overload,arg-type]
        self._random.seed(self.step)
        self._numbers = np.random.default_rng(self.step)

    def _rate(self, share: float) -> float:
        falling = max(0.0, (share - CONSTANT_SHARE) / (1 - CONSTANT_SHARE))
        return RATE * min(1.0, (self.step + 1) / WARMUP_STEPS) * 0.5 * (1 + math.cos(math.pi * falling)) + 1e-6

    def _learn(self, batch: Batch, share: float) -> tuple[float, float]:
        """One step; the losses of tokens and of phonemes."""
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate(share)
        samples = PADDING_SAMPLES if self._random.random() < PADDED_SHARE else 0
        size = batch.mel.shape[2] // 2
        total = POSITIONS if self._random.random() < 0.5 else self._random.randint(size + 50, POSITIONS)
        learned = batch.wanted != IGNORED
        watched: list[Tensor] = []
        with torch.autocast("cpu", dtype=torch.bfloat16):
            heard, bias = self.network.encode(batch.mel, DROPOUT, samples, total)
            states = self.network.decode(batch.ids, heard, bias, DROPOUT, watched)
            logits = self.network.logits(states[learned])
            sounds = self._ctc(heard[:, :size])
        tokens = functional.cross_entropy(logits.float(), batch.wanted[learned], label_smoothing=SMOOTHING)
        spoken = functional.ctc_loss(
            sounds.float().log_softmax(-1).transpose(0, 1),
            batch.phonemes,
            torch.full((len(batch.ids),), size),
            batch.phoneme_counts,
            reduction="none",
            zero_infinity=True,
        )
        phonemes = (spoken / batch.phoneme_counts.clamp(min=8)).mean()
        loss = tokens + (CTC_WEIGHT if share < LATE else LATE_CTC_WEIGHT) * phonemes
        if share < LATE:
            loss = loss + GUIDE_WEIGHT * _astray(watched, batch.places, size)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self.step += 1
        return tokens.item(), phonemes.item()

    def _batches(self) -> Iterator[Batch]:
        """Batches of clips of about one length, for ever."""
        while True:
            self._data.refresh()
            examples = self._data.examples
            if self.worked_s < EARLY * 60 * self._minutes:
                examples = [example for example in examples if example.features.shape[1] <= EARLY_FRAMES]
            weights = np.array([SEVERAL_WEIGHT if len(example.pieces) > 1 else 1.0 for example in examples])
            count = min(40 * BATCH, len(examples))
            drawn = self._numbers.choice(len(examples), count, replace=False, p=weights / weights.sum())
            chosen = [examples[at] for at in drawn]
            chosen.sort(key=lambda example: example.features.shape[1])
            groups = [chosen[at : at + BATCH] for at in range(0, len(chosen), BATCH)]
            self._random.shuffle(groups)
            yield from map(self._batch, groups)

    def _batch(self, examples: list[Example]) -> Batch:
        frames = max(example.features.shape[1] for example in examples) + self._random.randrange(60)
        frames = min(frames, MOST_FRAMES)
        mel = np.zeros((len(examples), MELS, frames + frames % 2), np.float32)
        for row, example in zip(mel, examples, strict=True):
            row[:, : example.features.shape[1]] = self._varied(example.features)
        prompted = self._random.random() < PROMPTED_SHARE
        sequences = [targets.sequence(example.pieces, self._tokens, self._random, prompted) for example in examples]
        length = max(len(sequence.ids) for sequence in sequences)
        ids = torch.full((len(examples), length), self._tokens.end)
        wanted = torch.full((len(examples), length - 1), IGNORED)
        places = torch.full((len(examples), length - 1), math.nan)
        for row, sequence in enumerate(sequences):
            ids[row, : len(sequence.ids)] = torch.tensor(sequence.ids)
            wanted[row, sequence.known - 1 : len(sequence.ids) - 1] = torch.tensor(sequence.ids[sequence.known :])
            places[row, : len(sequence.ids) - 1] = torch.tensor(sequence.places[1:])
        # Where the text before is not to be trusted, the ears must be: no endings are guessed from beginnings.
        text = (ids < self._tokens.end) & (torch.rand(ids.shape) < MISLED_SHARE)
        ids = torch.where(text, torch.randint(self._tokens.end, ids.shape), ids)
        phonemes = [[self._symbol(symbol) for symbol in example.phonemes] for example in examples]
        return Batch(
            torch.from_numpy(mel),
            ids[:, :-1],
            wanted,
            places,
            torch.tensor([symbol for row in phonemes for symbol in row], dtype=torch.long),
            torch.tensor([len(row) for row in phonemes]),
        )

    def _varied(self, features: np.ndarray) -> np.ndarray:
        """With another loudness, and with gaps in time and frequency (SpecAugment, Park et al. 2019)."""
        rng = self._numbers
        mel = features.astype(np.float32) + np.float32(rng.uniform(-0.2, 0.2))
        mean = mel.mean()
        for _ in range(rng.integers(0, 3)):
            width = int(rng.integers(1, 14))
            at = int(rng.integers(0, max(1, mel.shape[1] - width)))
            mel[:, at : at + width] = mean
        if rng.random() < 0.6:
            width = int(rng.integers(1, 12))
            at = int(rng.integers(0, MELS - width))
            mel[at : at + width] = mean
        return mel

    def _symbol(self, symbol: str) -> int:
        return self._symbols.setdefault(symbol, min(len(self._symbols) + 1, PHONEMES - 1))


def _astray(watched: list[Tensor], places: Tensor, size: int) -> Tensor:
    """How much the guided heads look elsewhere than where each token is said, from 0 to 1.

    The share of the weights that is off by more than about `GUIDE_WIDTH_S`; positions from `size` on are padding.
    """
    rows, columns = torch.nonzero(~places.isnan(), as_tuple=True)
    times = torch.arange(watched[0].shape[3]) / POSITIONS_PER_S
    distance = (times - places[rows, columns].unsqueeze(1)) / GUIDE_WIDTH_S
    off = 1 - torch.exp(-(distance**2) / 2)
    off[:, size:] = 1
    looked = torch.stack([weights[rows, :GUIDED_HEADS, columns].float() for weights in watched], 1)
    return (looked * off[:, None, None]).sum(3).mean() if len(rows) else places.new_zeros(())

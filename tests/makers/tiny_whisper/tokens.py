"""The tokenizer: byte-level BPE of a thousand pieces, then Whisper's special tokens in Whisper's order.

The order matters: everything below the end of text is text to faster-whisper, and the timestamps come last. The whole
byte alphabet is there, so any prompt can be written, if not understood.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from app.bench.corpus import sentences

TEXT_TOKENS = 1300
TIMESTAMPS = 1501
SPECIALS = (
    "<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>",
    "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
)  # fmt: skip


def train(path: Path, seed: int = 7) -> Path:
    """Make the tokenizer from sentences of the grammar and write it to `path`."""
    rng = random.Random(seed)
    texts = [" " + sentences.strip(sentences.draw(rng, part="train")) for _ in range(40_000)]
    texts += [" " + sentences.salad(rng) for _ in range(10_000)]
    texts += [f" {number}" for number in range(101)] * 30
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=TEXT_TOKENS, initial_alphabet=alphabet, show_progress=False)
    )
    names = [*SPECIALS, *(f"<|{index * 0.02:.2f}|>" for index in range(TIMESTAMPS))]
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    path.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(path))
    return path


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenizer with the ids that training needs by name."""

    tokenizer: Tokenizer
    end: int
    start: int
    previous: int
    no_speech: int
    no_timestamps: int

    @classmethod
    def load(cls, path: Path) -> Tokens:
        tokenizer = Tokenizer.from_file(str(path))
        names = ("endoftext", "startoftranscript", "startofprev", "nospeech", "notimestamps")
        return cls(tokenizer, *(tokenizer.token_to_id(f"<|{name}|>") for name in names))

    @property
    def size(self) -> int:
        return int(self.tokenizer.get_vocab_size())

    def ids(self, text: str) -> list[int]:
        """The ids of `text` as Whisper writes it: with a space before it."""
        return list(self.tokenizer.encode(" " + text.strip()).ids)

    def time(self, seconds: float) -> int:
        """The id of a timestamp, to a tenth of a second."""
        return self.no_timestamps + 1 + min(TIMESTAMPS - 1, 5 * round(10 * seconds))

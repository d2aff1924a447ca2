"""What a pocketsphinx decoder makes of an utterance that is still open.

The decoder's own hypothesis of an open utterance comes from its first, forward pass. Its lattice can be searched at any
time, which brings what the library itself does only after the end: the exact language model. On 14 sentences of people
and of espeak-ng (105 words) 64-68 % of the words are wrong in the open hypothesis, 54 % in the best path of the lattice
as well as in the library's result after the end. It takes 1 ms for a short question and 30 ms for 6 s of speech.

The library means this for utterances that have ended. For an open one it reads one entry of its table of frames that
this utterance has not written yet (ngram_search.c, find_end_node: bp_table_idx[ef + 1]). What stands there from an
earlier utterance is harmless: at worst nothing is found. Memory that was never written crashes the process. So
`open_decoder` has the whole table written once, and nobody may search an utterance that is longer than the table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path

import numpy as np
from pocketsphinx import Config, Decoder

from app.engines.hearing.agreement import Words, bare, beginning_with, common, words_of
from app.engines.hearing.base import SAMPLE_RATE
from app.engines.hearing.gate import to_pcm
from app.engines.hearing.utterance import tidy

PATHS = 40
"""Of the lattice's best paths, this many vote on the confidence of each word."""

MOST_FRAMES = 1024
"""Of 10 ms: no utterance that is searched while it is open may be longer."""

_NARROW = {"beam": 1e-12, "wbeam": 1e-12, "pbeam": 1e-12}
"""With so narrow beams the table is written in half a second instead of four; narrower ones lose the silence itself."""

_SCORE_POWER = 1024 / 20
"""The library gives a path's score as exp(log score / 1024), and divides acoustic scores by 20 for its posteriors."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What was said. `confidence` in 0..1 is the geometric mean of the words' shares in the paths' probability."""

    words: Words
    confidence: float


def open_decoder(model: Path, language: Path, dictionary: Path) -> Decoder:
    """A decoder whose open utterances may be searched. Raises what the library raises for files that it cannot load."""
    # The second, flat pass runs over the whole utterance after its end: 47 ms instead of 7 for 2 s of speech, and no
    # better on the recordings that `sphinx_utterance.MEAN_EVERY_S` was tuned on.
    decoder = Decoder(
        hmm=str(model), lm=str(language), dict=str(dictionary), fwdflat=False, loglevel="FATAL", **_NARROW
    )
    mean = decoder.get_cmn()
    frames = MOST_FRAMES + 16
    hiss = np.random.default_rng(0).normal(0, 1e-3, (frames + 2) * SAMPLE_RATE // 100).astype(np.float32)
    decoder.start_utt()
    decoder.process_raw(to_pcm(hiss))
    decoder.end_utt()
    if max((part.end_frame for part in decoder.seg() or ()), default=0) < MOST_FRAMES:
        raise RuntimeError("the decoder gave up on silence")
    usual = Config()
    for name in _NARROW:
        decoder.config[name] = usual[name]
    decoder.load_dict(str(dictionary))  # the beams are read again with the dictionary
    decoder.reinit_feat()
    decoder.set_cmn(mean)
    return decoder


def search(decoder: Decoder, fixed: Words = ()) -> Hypothesis | None:
    """The best path that begins with the `fixed` words. None while the lattice is not connected, in mid-word."""
    if decoder.n_frames() >= MOST_FRAMES:
        raise ValueError("the utterance is too long to be searched")
    found = islice(decoder.nbest() or (), PATHS)
    # A path without words, silence alone, comes as None.
    paths: list[tuple[Words, float]] = [(words_of(tidy(path.hypstr)), path.score) for path in found if path is not None]
    if not paths:
        return None
    words = next((words for words, _ in paths if common(fixed, words) == len(fixed)), None)
    words = beginning_with(fixed, paths[0][0] if words is None else words)
    return Hypothesis(words, _confidence(words, paths))


def _confidence(words: Words, paths: list[tuple[Words, float]]) -> float:
    best = max(score for _, score in paths)
    if not words or best <= 0:
        return 0.0
    weights = [(score / best) ** _SCORE_POWER for _, score in paths]
    shares = [0.0] * len(words)
    said = [bare(word) for word in words]
    for (path, _), weight in zip(paths, weights, strict=True):
        for block in SequenceMatcher(None, said, [bare(word) for word in path], autojunk=False).get_matching_blocks():
            for place in range(block.a, block.a + block.size):
                shares[place] += weight
    total = sum(weights)
    return math.exp(sum(math.log(max(share / total, 1e-3)) for share in shares) / len(words))

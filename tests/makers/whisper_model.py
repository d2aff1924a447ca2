"""Writes a small real Whisper model for CTranslate2 that always says the same, whatever it hears.

All attention is zero; the decoder's state is its position, and the output layer maps each position to the next token
of the wanted text. So the text, its certainty, the language it detects and its probability of no speech are knobs.
A model that says the same to everything is what a hallucination looks like. Needs ctranslate2 and tokenizers.
"""

from pathlib import Path

import ctranslate2
import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

WIDTH = 64
"""Of the state, and so the longest prompt and text together, in tokens."""
MELS = 80


def make_whisper_model(
    folder: Path,
    says: str = "Hello there.",
    *,
    certainty: float = 12.0,
    no_speech: float = -12.0,
    detects: str | None = None,
) -> Path:
    """Write the model into `folder` and return it.

    `certainty` and `no_speech` are logits against 0 for every other token: of each token of the text, and of the
    no-speech token. `detects` makes it multilingual (English, German, French) and is the language it detects.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(multilingual=detects is not None)
    tokenizer.save(str(folder / "tokenizer.json"))
    _model(tokenizer, says, certainty, no_speech, detects).save(str(folder))
    return folder


def _tokenizer(*, multilingual: bool) -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    text = letters + [""] * multilingual  # by this empty token CTranslate2 knows a multilingual vocabulary
    tokenizer = Tokenizer(models.BPE(vocab={token: n for n, token in enumerate(text)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    specials = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", *(["<|de|>", "<|fr|>"] if multilingual else [])]
    specials += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"]
    specials += ["<|notimestamps|>"] + [f"<|{n * 0.02:.2f}|>" for n in range(1501)]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in specials])
    return tokenizer


def _model(
    tokenizer: Tokenizer, says: str, certainty: float, no_speech: float, detects: str | None
) -> ctranslate2.specs.WhisperSpec:
    spec = ctranslate2.specs.WhisperSpec(1, 2, 1, 2)
    size = tokenizer.get_vocab_size()
    for part in (spec.encoder.conv1, spec.encoder.conv2):
        part.weight = np.zeros((WIDTH, MELS if part is spec.encoder.conv1 else WIDTH, 3), np.float32)
        part.bias = np.zeros(WIDTH, np.float32)
    spec.encoder.position_encodings.encodings = np.zeros((1500, WIDTH), np.float32)
    spec.decoder.position_encodings.encodings = np.eye(448, WIDTH, dtype=np.float32)
    spec.decoder.embeddings.weight = np.zeros((size, WIDTH), np.float32)
    for layer in (*spec.encoder.layer, *spec.decoder.layer):
        _silence(layer)
    for norm in (spec.encoder.layer_norm, spec.decoder.layer_norm):
        _norm(norm)
    weights = np.zeros((size, WIDTH), np.float32)
    # The last layer norm turns a unit vector into sqrt(WIDTH) at its place, and nearly nothing elsewhere.
    unit = 1 / np.sqrt(WIDTH - 1)

    def at(position: int, token: int, logit: float) -> None:
        weights[token, position] = logit * unit

    prompt = 2 if detects is None else 4
    tokens = [*tokenizer.encode(says, add_special_tokens=False).ids, tokenizer.token_to_id("<|endoftext|>")]
    for place, token in enumerate(tokens[: WIDTH - prompt]):
        at(prompt - 1 + place, token, certainty)
    at(0, tokenizer.token_to_id("<|nospeech|>"), no_speech)
    if detects is not None:
        at(0, tokenizer.token_to_id(f"<|{detects}|>"), 6.0)
    spec.decoder.projection.weight = weights
    names = ["<|en|>"] + (["<|de|>", "<|fr|>"] if detects is not None else [])
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [tokenizer.token_to_id(name) for name in names]
    spec.config.alignment_heads = [(0, 0)]
    spec.register_vocabulary([tokenizer.id_to_token(n) for n in range(size)])
    spec.validate()
    return spec


def _silence(layer: object) -> None:
    """Weights of nothing for the attention and the feed-forward part of a layer."""
    for name in ("self_attention", "attention"):
        attention = getattr(layer, name, None)
        if attention is None:
            continue
        _norm(attention.layer_norm)
        widths = [3 * WIDTH, WIDTH] if name == "self_attention" else [WIDTH, 2 * WIDTH, WIDTH]
        for linear, width in zip(attention.linear, widths, strict=True):
            linear.weight = np.zeros((width, WIDTH), np.float32)
            linear.bias = np.zeros(width, np.float32)
    feed = layer.ffn  # type: ignore[attr-defined]
    _norm(feed.layer_norm)
    for linear in (feed.linear_0, feed.linear_1):
        linear.weight = np.zeros((WIDTH, WIDTH), np.float32)
        linear.bias = np.zeros(WIDTH, np.float32)


def _norm(norm: object) -> None:
    norm.gamma = np.ones(WIDTH, np.float32)  # type: ignore[attr-defined]
    norm.beta = np.zeros(WIDTH, np.float32)  # type: ignore[attr-defined]

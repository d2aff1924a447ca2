"""Writes a checkpoint as the folder that faster-whisper loads: CTranslate2's format, int8, with the tokenizer."""

from __future__ import annotations

import shutil
from pathlib import Path

import ctranslate2
import numpy as np
import torch
from ctranslate2.specs import common_spec
from torch import Tensor, nn

from tests.makers.tiny_whisper.network import Block, Network, Shape
from tests.makers.tiny_whisper.tokens import Tokens

QUANTIZATION = "int8"


def export(checkpoint: Path, tokenizer: Path, folder: Path) -> Path:
    """Write `model.bin`, `config.json`, `vocabulary.json` and `tokenizer.json` into `folder`."""
    state = torch.load(checkpoint, weights_only=True)
    network = Network(Shape(**state["shape"]))
    network.load_state_dict(state["network"])
    tokens = Tokens.load(tokenizer)
    spec = _specification(network)
    spec.config.suppress_ids = []
    # The end of the text may come first: that is how silence is heard as nothing.
    spec.config.suppress_ids_begin = [tokens.tokenizer.token_to_id("Ġ")]
    spec.config.lang_ids = [tokens.tokenizer.token_to_id("<|en|>")]
    last = network.shape.decoder_layers - 1
    spec.config.alignment_heads = [(last, head) for head in range(network.shape.heads)]
    spec.register_vocabulary([tokens.tokenizer.id_to_token(id) for id in range(tokens.size)])
    spec.validate()
    spec.optimize(quantization=QUANTIZATION)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    shutil.copy(tokenizer, folder / "tokenizer.json")
    return folder


def _specification(network: Network) -> ctranslate2.specs.WhisperSpec:
    shape = network.shape
    spec = ctranslate2.specs.WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    for part, convolution in ((spec.encoder.conv1, network.conv1), (spec.encoder.conv2, network.conv2)):
        _weights(part, convolution)
    spec.encoder.position_encodings.encodings = _array(network.positions)
    spec.decoder.position_encodings.encodings = _array(network.text_positions)
    spec.decoder.embeddings.weight = _array(network.tokens.weight)
    spec.decoder.projection.weight = _array(network.tokens.weight)
    _norm(spec.encoder.layer_norm, network.encoder_norm)
    _norm(spec.decoder.layer_norm, network.decoder_norm)
    for layer, block in zip(
        (*spec.encoder.layer, *spec.decoder.layer), (*network.encoder, *network.decoder), strict=True
    ):
        _layer(layer, block)
    return spec


def _layer(layer: object, block: Block) -> None:
    own = layer.self_attention  # type: ignore[attr-defined]
    _norm(own.layer_norm, block.own_norm)
    _joined(own.linear[0], [block.own.query, block.own.key, block.own.value])
    _weights(own.linear[1], block.own.out)
    if block.cross is not None and block.cross_norm is not None:
        cross = layer.attention  # type: ignore[attr-defined]
        _norm(cross.layer_norm, block.cross_norm)
        _joined(cross.linear[0], [block.cross.query])
        _joined(cross.linear[1], [block.cross.key, block.cross.value])
        _weights(cross.linear[2], block.cross.out)
    feed = layer.ffn  # type: ignore[attr-defined]
    _norm(feed.layer_norm, block.wide_norm)
    _weights(feed.linear_0, block.widen)
    _weights(feed.linear_1, block.narrow)


def _joined(spec: common_spec.LinearSpec, linears: list[nn.Linear]) -> None:
    """One matrix for several; the keys' missing bias is zero."""
    spec.weight = np.concatenate([_array(linear.weight) for linear in linears])
    spec.bias = np.concatenate(
        [
            np.zeros(linear.out_features, np.float32) if linear.bias is None else _array(linear.bias)
            for linear in linears
        ]
    )


def _weights(spec: object, module: nn.Linear | nn.Conv1d) -> None:
    spec.weight, spec.bias = _array(module.weight), _array(module.bias)  # type: ignore[attr-defined]


def _norm(spec: object, module: nn.LayerNorm) -> None:
    spec.gamma, spec.beta = _array(module.weight), _array(module.bias)  # type: ignore[attr-defined]


def _array(tensor: Tensor | None) -> np.ndarray:
    assert tensor is not None
    return np.ascontiguousarray(tensor.detach().numpy(), np.float32)

"""Whisper's network, small, in PyTorch: two convolutions, pre-norm transformer encoder and decoder, GELU.

Source: Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision", section 2.2. What is added:
`encode` can stand in for the padding that a clip has in use, without computing all of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

MELS = 80
POSITIONS = 1500
TEXT_POSITIONS = 448


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a network: states `width` wide, with heads of 32."""

    vocabulary: int
    width: int = 160
    encoder_layers: int = 3
    decoder_layers: int = 2

    @property
    def heads(self) -> int:
        return self.width // 32


class Attention(nn.Module):
    """Multi-head attention from `states` to `others`; keys have no bias, as in Whisper."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.value, self.out = (nn.Linear(width, width) for _ in range(3))
        self.key = nn.Linear(width, width, bias=False)

    def forward(
        self,
        states: Tensor,
        others: Tensor,
        bias: Tensor | None = None,
        causal: bool = False,
        watched: list[Tensor] | None = None,
    ) -> Tensor:
        """`watched` is given the weights (batch, heads, states, others)."""
        batch, size, width = states.shape

        def heads(projected: Tensor) -> Tensor:
            return projected.view(batch, -1, self.heads, width // self.heads).transpose(1, 2)

        query, key, value = heads(self.query(states)), heads(self.key(others)), heads(self.value(others))
        # Written out: PyTorch's fused attention is twice as slow on these sizes on a CPU.
        scores = query @ key.transpose(2, 3) * (width // self.heads) ** -0.5
        if bias is not None:
            scores = scores + bias.to(scores.dtype)
        if causal:
            scores = scores.masked_fill(torch.ones(size, size, dtype=torch.bool).triu(1), -torch.inf)
        weights = scores.softmax(-1)
        if watched is not None:
            watched.append(weights)
        mixed = weights.to(value.dtype) @ value
        projected: Tensor = self.out(mixed.transpose(1, 2).reshape(batch, size, width))
        return projected


class Block(nn.Module):
    """One layer, with attention to the encoder's states where `crossed`."""

    def __init__(self, shape: Shape, *, crossed: bool) -> None:
        super().__init__()
        width = shape.width
        self.own_norm, self.own = nn.LayerNorm(width), Attention(width, shape.heads)
        self.cross_norm = nn.LayerNorm(width) if crossed else None
        self.cross = Attention(width, shape.heads) if crossed else None
        self.wide_norm = nn.LayerNorm(width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(
        self,
        states: Tensor,
        heard: Tensor | None,
        bias: Tensor | None,
        dropout: float,
        causal: bool,
        watched: list[Tensor] | None = None,
    ) -> Tensor:
        def dropped(change: Tensor) -> Tensor:
            # One choice for all positions of a clip, which is cheaper than one for each, and no worse.
            kept = functional.dropout(change.new_ones(change.shape[0], 1, change.shape[2]), dropout, self.training)
            return change * kept

        normed = self.own_norm(states)
        states = states + dropped(self.own(normed, normed, None if causal else bias, causal))
        if self.cross is not None and self.cross_norm is not None and heard is not None:
            states = states + dropped(self.cross(self.cross_norm(states), heard, bias, watched=watched))
        return states + dropped(self.narrow(functional.gelu(self.widen(self.wide_norm(states)))))


class Network(nn.Module):
    """The whole. The output layer is the embedding of the tokens, as in Whisper."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.conv1 = nn.Conv1d(MELS, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.encoder = nn.ModuleList(Block(shape, crossed=False) for _ in range(shape.encoder_layers))
        self.encoder_norm = nn.LayerNorm(width)
        self.tokens = nn.Embedding(shape.vocabulary, width)
        self.text_positions = nn.Parameter(torch.zeros(TEXT_POSITIONS, width))
        self.decoder = nn.ModuleList(Block(shape, crossed=True) for _ in range(shape.decoder_layers))
        self.decoder_norm = nn.LayerNorm(width)
        self.register_buffer("positions", sinusoids(POSITIONS, width))
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Conv1d | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear | nn.Conv1d) and module.bias is not None:
                nn.init.zeros_(module.bias)
        nn.init.normal_(self.text_positions, std=0.02)

    def _convolved(self, mel: Tensor) -> Tensor:
        return functional.gelu(self.conv2(functional.gelu(self.conv1(mel)))).transpose(1, 2)

    def encode(
        self, mel: Tensor, dropout: float = 0.0, samples: int = 0, total: int = POSITIONS
    ) -> tuple[Tensor, Tensor | None]:
        """States of `mel` (batch, 80, frames), and the bias with which to attend to them.

        With `samples` that many positions of silence stand for all from the end of `mel` to `total`: each weighs as
        many as it stands for, by the logarithm of their number added to the attention. So the network meets the
        padding of 30 s that it has in use, at a tenth of the cost.
        """
        states = self._convolved(mel)
        size, bias = states.shape[1], None
        states = states + self.positions[:size]
        if samples and size + samples < total:
            silence = self._convolved(mel.new_zeros(1, MELS, 8))[:, 2]
            places = torch.randperm(total - size)[:samples] + size
            padding = (silence + self.positions[places]).unsqueeze(0).expand(states.shape[0], -1, -1)
            states = torch.cat([states, padding.to(states.dtype)], 1)
            bias = torch.zeros(1, 1, 1, size + samples)
            bias[..., size:] = math.log((total - size) / samples)
        for block in self.encoder:
            states = block(states, None, bias, dropout, False)
        return self.encoder_norm(states), bias

    def decode(
        self,
        ids: Tensor,
        heard: Tensor,
        bias: Tensor | None,
        dropout: float = 0.0,
        watched: list[Tensor] | None = None,
    ) -> Tensor:
        """The states after each of `ids` (batch, length); `logits` makes tokens of them.

        `watched` is given each layer's weights over the encoder's states.
        """
        states = self.tokens(ids) + self.text_positions[: ids.shape[1]]
        for block in self.decoder:
            states = block(states, heard, bias, dropout, True, watched)
        normed: Tensor = self.decoder_norm(states)
        return normed

    def logits(self, states: Tensor) -> Tensor:
        return functional.linear(states, self.tokens.weight)


def sinusoids(length: int, channels: int) -> Tensor:
    """Whisper's fixed encoding of positions: sines, then cosines, from period 2 pi to 20,000 pi."""
    steps = math.log(10_000) / (channels // 2 - 1)
    scaled = torch.arange(length).unsqueeze(1) * torch.exp(-steps * torch.arange(channels // 2)).unsqueeze(0)
    return torch.cat([scaled.sin(), scaled.cos()], 1)

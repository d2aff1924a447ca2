"""Chooses the next token: llama.cpp's own samplers, chained as its command line does, with a grammar if there is one.

A grammar is asked about the chosen token first and applied to the whole vocabulary only if it refuses that one.
"""

from __future__ import annotations

import ctypes
import secrets
from typing import Any

import llama_cpp.llama_cpp as ll
import numpy as np

from app.engines.language.base import Sampling
from app.errors import BadInput

PENALTY_WINDOW = 64
"""Tokens that `repeat_penalty` looks back over; llama.cpp's and Ollama's default."""

_DATA = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)], align=True)


class NoTokenLeft(Exception):
    """The grammar allows no token of this vocabulary."""


class Sampler:
    """The samplers of one request. `close` frees them."""

    def __init__(self, vocabulary: Any, size: int, sampling: Sampling, grammar: bytes | None = None) -> None:
        self._size = size
        self._chain = ll.llama_sampler_chain_init(ll.llama_sampler_chain_default_params())
        self._grammar: Any = None
        for sampler in _samplers(sampling, size):
            ll.llama_sampler_chain_add(self._chain, sampler)
        if grammar is not None:
            self._grammar = ll.llama_sampler_init_grammar(vocabulary, grammar, b"root")
            if not self._grammar:
                self.close()
                raise BadInput("The JSON schema cannot be enforced by llama.cpp; simplify it.")
            self._data = np.zeros(size, dtype=_DATA)
            self._one = np.zeros(1, dtype=_DATA)

    def accept(self, tokens: list[int]) -> None:
        """Tell the penalties what stands before the answer."""
        for token in tokens[-PENALTY_WINDOW:]:
            ll.llama_sampler_accept(self._chain, token)

    def sample(self, context: Any) -> int:
        """The next token, from the logits of the last decoded one. Raises `NoTokenLeft`."""
        if self._grammar is None:
            return int(ll.llama_sampler_sample(self._chain, context, -1))
        token = self._choose(context, constrained=False)
        if not self._allowed(token):
            token = self._choose(context, constrained=True)
        ll.llama_sampler_accept(self._chain, token)
        ll.llama_sampler_accept(self._grammar, token)
        return token

    def _choose(self, context: Any, *, constrained: bool) -> int:
        logits = np.ctypeslib.as_array(ll.llama_get_logits_ith(context, -1), shape=(self._size,))
        self._data["id"] = np.arange(self._size, dtype=np.int32)
        self._data["logit"] = logits
        self._data["p"] = 0.0
        candidates = _array(self._data)
        if constrained:
            ll.llama_sampler_apply(self._grammar, ctypes.byref(candidates))
            if not np.isfinite(self._data["logit"]).any():
                raise NoTokenLeft
        ll.llama_sampler_apply(self._chain, ctypes.byref(candidates))
        return int(candidates.data[candidates.selected].id)

    def _allowed(self, token: int) -> bool:
        self._one[0] = (token, 1.0, 0.0)
        ll.llama_sampler_apply(self._grammar, ctypes.byref(_array(self._one)))
        return bool(np.isfinite(self._one["logit"][0]))

    def close(self) -> None:
        if self._chain:
            ll.llama_sampler_free(self._chain)
        if self._grammar:
            ll.llama_sampler_free(self._grammar)
        self._chain = self._grammar = None


def _array(data: np.ndarray[Any, Any]) -> Any:
    pointer = data.ctypes.data_as(ll.llama_token_data_p)
    return ll.llama_token_data_array(data=pointer, size=len(data), selected=-1, sorted=False)


def _samplers(sampling: Sampling, vocabulary: int) -> list[Any]:
    chain: list[Any] = []
    if sampling.repeat_penalty != 1.0:
        chain.append(ll.llama_sampler_init_penalties(vocabulary, PENALTY_WINDOW, sampling.repeat_penalty, 0.0, 0.0))
    if sampling.temperature <= 0.0:
        return [*chain, ll.llama_sampler_init_greedy()]
    if sampling.top_k > 0:
        chain.append(ll.llama_sampler_init_top_k(sampling.top_k))
    if sampling.top_p < 1.0:
        chain.append(ll.llama_sampler_init_top_p(sampling.top_p, 1))
    if sampling.min_p > 0.0:
        chain.append(ll.llama_sampler_init_min_p(sampling.min_p, 1))
    seed = secrets.randbits(31) if sampling.seed is None else sampling.seed % 0xFFFFFFFF  # the top value means "random"
    return [*chain, ll.llama_sampler_init_temp(sampling.temperature), ll.llama_sampler_init_dist(seed)]

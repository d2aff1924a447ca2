"""Sentence vectors from a llama.cpp model: its own context, with the model's pooling, or the mean of a decoder's."""

from __future__ import annotations

import ctypes
from typing import Any

import llama_cpp.llama_cpp as ll
import numpy as np

from app.engines.language.clock import WorkClock
from app.engines.language.native import ABORT_IF_RAISED
from app.errors import BadModel, EngineUnavailable

WINDOW = 512
"""Tokens that are pooled at once; a longer text is the mean of its windows, each weighted by its tokens."""

_ABORTED = 2


class Embedder:
    """Pools the hidden states of one model. `close` frees the context, not the model."""

    def __init__(self, model: Any, *, context: int, threads: int) -> None:
        self._window = min(context, WINDOW)
        self._width = ll.llama_model_n_embd_out(model)
        params = ll.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = self._window
        params.n_threads = params.n_threads_batch = threads
        params.embeddings = True
        params.pooling_type = ll.LLAMA_POOLING_TYPE_UNSPECIFIED
        self._context = ll.llama_init_from_model(model, params)
        if self._context and ll.llama_pooling_type(self._context) in (ll.LLAMA_POOLING_TYPE_NONE, -1):
            ll.llama_free(self._context)
            params.pooling_type = ll.LLAMA_POOLING_TYPE_MEAN
            self._context = ll.llama_init_from_model(model, params)
        if not self._context:
            raise BadModel("llama.cpp cannot make an embedding context for this model; load it without embeddings.")
        if ll.llama_pooling_type(self._context) == ll.LLAMA_POOLING_TYPE_RANK:
            self.close()
            raise BadModel("This model ranks texts and makes no vectors; choose an embedding model.")

    def embed(self, tokens: list[int], clock: WorkClock, stop_flag: int) -> list[float]:
        """The L2-normalised vector of a text; zeros for a text without tokens."""
        ll.llama_set_abort_callback(self._context, ABORT_IF_RAISED, ctypes.c_void_p(stop_flag))
        total = np.zeros(self._width, dtype=np.float64)
        for start in range(0, len(tokens), self._window):
            part = tokens[start : start + self._window]
            total += self._pooled(part, clock) * len(part)
        norm = float(np.linalg.norm(total))
        return [float(x) for x in (total / norm if norm > 0 else total)]

    def _pooled(self, part: list[int], clock: WorkClock) -> np.ndarray[Any, Any]:
        memory = ll.llama_get_memory(self._context)
        array = (ll.llama_token * len(part))(*part)
        while True:
            clock.checkpoint()
            if memory:
                ll.llama_memory_clear(memory, True)
            code = ll.llama_decode(self._context, ll.llama_batch_get_one(array, len(part)))
            if code == 0:
                break
            if code != _ABORTED:
                raise EngineUnavailable(f"llama.cpp could not embed the text (code {code}); try a shorter one.")
        vector = ll.llama_get_embeddings_seq(self._context, 0)
        return np.ctypeslib.as_array(vector, shape=(self._width,)).astype(np.float64)

    def close(self) -> None:
        if self._context:
            ll.llama_free(self._context)
        self._context = None

"""A GGUF model in memory: memory-mapped loading, its vocabulary, what it says of itself. No context, no text out."""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as ll

from app.engines.language import native
from app.engines.language.detokenise import Pieces
from app.engines.language.gguf_file import Header, check_language_model, read_header
from app.engines.language.prompt import ChatTemplate
from app.errors import BadModel

log = logging.getLogger(__name__)


class LoadedModel:
    """The weights and the vocabulary. `close` frees both; contexts made from it must be freed first."""

    def __init__(self, path: str | Path, *, gpu_layers: int = 0) -> None:
        """Load `path`. Raises `BadModel` for a file that is missing, damaged or no language model."""
        self.header: Header = read_header(path)
        check_language_model(self.header)
        native.start()
        params = ll.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.load_mode = ll.LLAMA_LOAD_MODE_MMAP if ll.llama_supports_mmap() else ll.LLAMA_LOAD_MODE_NONE
        native.last_errors()
        self.native: Any = ll.llama_model_load_from_file(str(self.header.path).encode(), params)
        if not self.native:
            cause = native.last_errors() or "no reason given"
            raise BadModel(f"llama.cpp cannot load {self.header.path} ({cause}); download it again or choose another.")
        self.vocabulary = ll.llama_model_get_vocab(self.native)
        self.vocabulary_size = int(ll.llama_vocab_n_tokens(self.vocabulary))
        if not ll.llama_model_has_decoder(self.native) or ll.llama_model_has_encoder(self.native) or self.diffuses:
            self.close()
            raise BadModel(f"{self.header.path} does not write text token by token; choose a chat model's GGUF file.")
        self.pieces = Pieces(self.vocabulary)
        self._bos = ll.llama_vocab_bos(self.vocabulary) if ll.llama_vocab_get_add_bos(self.vocabulary) else None

    @property
    def diffuses(self) -> bool:
        return bool(ll.llama_model_is_diffusion(self.native))

    @property
    def rolls_back(self) -> bool:
        """Whether its memory can forget its newest tokens; that of recurrent and hybrid models cannot."""
        return not (ll.llama_model_is_recurrent(self.native) or ll.llama_model_is_hybrid(self.native))

    @property
    def context_trained(self) -> int:
        return int(ll.llama_model_n_ctx_train(self.native))

    @cached_property
    def ends(self) -> frozenset[int]:
        """Tokens that end an answer."""
        return frozenset(t for t in range(self.vocabulary_size) if ll.llama_vocab_is_eog(self.vocabulary, t))

    @cached_property
    def quantisation(self) -> str:
        name = ll.llama_ftype_name(ll.llama_model_ftype(self.native))
        return (name.decode() if isinstance(name, bytes) else str(name)).removeprefix("MOSTLY_")

    def tokenise(self, text: str, *, special: bool = False, bos: bool = False) -> list[int]:
        """Token ids of `text`. special: texts of control tokens become those. bos: begin as the model wants it."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        while True:
            tokens = (ll.llama_token * room)()
            count = ll.llama_tokenize(self.vocabulary, data, len(data), tokens, room, False, special)
            if count >= 0:
                break
            room = -count
        found = list(tokens[:count])
        if bos and self._bos is not None and self._bos >= 0 and found[:1] != [self._bos]:
            found.insert(0, self._bos)
        return found

    def template(self) -> ChatTemplate:
        """The model's own chat template; ChatML if it has none."""
        source = self.header.metadata.get("tokenizer.chat_template")
        control = [self._text(t) for t in range(self.vocabulary_size) if ll.llama_vocab_is_control(self.vocabulary, t)]
        return ChatTemplate(
            source if isinstance(source, str) else None,
            bos=self._text(ll.llama_vocab_bos(self.vocabulary)),
            eos=self._text(ll.llama_vocab_eos(self.vocabulary)),
            control=control,
        )

    def _text(self, token: int) -> str:
        if token < 0:
            return ""
        return (ll.llama_vocab_get_text(self.vocabulary, token) or b"").decode("utf-8", "replace")

    def close(self) -> None:
        if self.native:
            ll.llama_model_free(self.native)
        self.native = None

"""Turns tokens into text as they come: one native call per new token, and never half a character.

A token may end in the middle of a UTF-8 sequence; its bytes wait for the rest. Control tokens are silent, except those
that open or close thinking, which the think splitter must see.
"""

from __future__ import annotations

import codecs
import ctypes
from typing import Any

import llama_cpp.llama_cpp as ll

from app.engines.language.thinking import TAGS


class Pieces:
    """The bytes of each token of a vocabulary, asked for once."""

    def __init__(self, vocabulary: Any) -> None:
        self._vocabulary = vocabulary
        self._known: dict[int, bytes] = {}
        self._buffer = ctypes.create_string_buffer(256)

    def __getitem__(self, token: int) -> bytes:
        piece = self._known.get(token)
        if piece is None:
            piece = self._known[token] = self._ask(token)
        return piece

    def _ask(self, token: int) -> bytes:
        text = ll.llama_vocab_get_text(self._vocabulary, token) or b""
        special = text.decode("utf-8", "replace") in TAGS
        size = ll.llama_token_to_piece(self._vocabulary, token, self._buffer, len(self._buffer), 0, special)
        if size < 0:
            self._buffer = ctypes.create_string_buffer(-size)
            size = ll.llama_token_to_piece(self._vocabulary, token, self._buffer, len(self._buffer), 0, special)
        return self._buffer.raw[: max(size, 0)]


class Detokeniser:
    """Text of one generation, piece by piece."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, token: int) -> str:
        """The characters that `token` completes; may be empty."""
        return self._decoder.decode(self._pieces[token])

    def finish(self) -> str:
        """What is left: a replacement character if the generation ended inside a character."""
        return self._decoder.decode(b"", final=True)

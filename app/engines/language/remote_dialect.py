"""What a chat request looks like to servers that agree on most of OpenAI's interface, but not on all of it.

A request starts in the richest form; each refusal (400 or 422) drops what the server may have meant, and the engine
keeps to what worked. Sends nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.engines.language.base import GenerateRequest, Sampling

_MOST_STOPS = 4
"""More stop strings are refused by OpenAI's own servers; all are applied on this side anyway."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """usage: ask for token counts. extras: sampling values beyond OpenAI's. limit: the name of the token limit.

    schema: how a JSON schema is asked for: OpenAI's way, llama.cpp's, or not at all.
    """

    usage: bool = True
    extras: bool = True
    limit: str = "max_tokens"
    schema: str = "json_schema"

    def arguments(self, model: str, request: GenerateRequest) -> dict[str, Any]:
        """Keyword arguments of `chat.completions.create`."""
        sampling = request.sampling
        arguments: dict[str, Any] = {
            "model": model,
            "messages": [_message(m.role, m.content) for m in request.messages],
            "stream": True,
            "temperature": sampling.temperature,
            self.limit: sampling.max_tokens,
        }
        if self.usage:
            arguments["stream_options"] = {"include_usage": True}
        if sampling.top_p != 1.0:
            arguments["top_p"] = sampling.top_p
        if sampling.seed is not None:
            arguments["seed"] = sampling.seed
        if sampling.stop:
            arguments["stop"] = list(sampling.stop[:_MOST_STOPS])
        if self.extras and (extra := _extras(sampling)):
            arguments["extra_body"] = extra
        if request.schema is not None:
            arguments |= self._format(request.schema)
        return arguments

    def simpler(self, error: Any, request: GenerateRequest) -> Dialect | None:
        """What to try after the server refused this form; None if the fault lies elsewhere."""
        said, status = str(getattr(error, "message", error)).lower(), getattr(error, "status_code", 0)
        if status not in (400, 422) and not (status == 500 and "validation error" in said):  # llama-cpp-python's way
            return None
        if "context" in said and ("length" in said or "window" in said or "size" in said):
            return None
        if "max_completion_tokens" in said and self.limit == "max_tokens":
            return replace(self, limit="max_completion_tokens")
        if self.usage and "stream_options" in said:
            return replace(self, usage=False)
        if request.schema is not None and self.schema != "none":
            return replace(self, schema="json_object" if self.schema == "json_schema" else "none")
        if self.extras and _extras(request.sampling):
            return replace(self, extras=False)
        return replace(self, usage=False) if self.usage else None

    def _format(self, schema: Any) -> dict[str, Any]:
        if self.schema == "json_schema":
            form = {"name": "answer", "schema": dict(schema), "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": form}}
        if self.schema == "json_object":
            return {"response_format": {"type": "json_object", "schema": dict(schema)}}
        return {}


def _message(role: str, content: str) -> dict[str, str]:
    """Tool results stand outside any call that the server knows, so they are told as the user's words.

    Half characters (lone surrogates) cannot be sent as UTF-8 and become question marks.
    """
    content = content.encode("utf-8", "replace").decode("utf-8")
    if role == "tool":
        return {"role": "user", "content": f"Result of a tool: {content}"}
    return {"role": role, "content": content}


def _extras(sampling: Sampling) -> dict[str, Any]:
    """Values that differ from their defaults and have no name in OpenAI's interface."""
    plain = Sampling()
    names = ("top_k", "min_p", "repeat_penalty")
    return {n: getattr(sampling, n) for n in names if getattr(sampling, n) != getattr(plain, n)}

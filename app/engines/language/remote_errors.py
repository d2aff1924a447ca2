"""Says in one sentence what went wrong with a server, and how long to wait before the next try. Never tells the key."""

from __future__ import annotations

import json
import random
import ssl

import openai

from app.errors import BadInput, DuetError, EngineUnavailable

_LONGEST_QUOTE = 160


class StreamCut(Exception):
    """The stream ended without saying that the answer had."""


def explain(
    error: Exception, *, where: str, model: str, timeout_s: float, key: str | None, section: str = "remote"
) -> Exception:
    """The `DuetError` that tells of `error`.

    where: begins the sentence, e.g. "The server 127.0.0.1:8080". section: of the settings that tell of the server.
    """
    if isinstance(error, DuetError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, where, model, key, section)
    if isinstance(error, openai.APITimeoutError) or _is_a(error, "TimeoutException"):
        return EngineUnavailable(
            f"{where} sent nothing for {timeout_s:g} seconds; try again or raise {section}.timeout_s."
        )
    if isinstance(error, openai.APIConnectionError) and _untrusted(error):
        return EngineUnavailable(
            f"{where} gave no secure connection that this machine trusts; check its certificate and {section}.base_url."
        )
    if isinstance(error, openai.APIConnectionError):
        return EngineUnavailable(f"{where} cannot be reached; start it, or check {section}.base_url.")
    if isinstance(error, StreamCut) or _is_a(error, "TransportError"):
        return EngineUnavailable(f"{where} broke off in the middle of its answer; try again.")
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError, openai.APIResponseValidationError)):
        return EngineUnavailable(
            f"{where} sent something that is no OpenAI-compatible stream; check {section}.base_url."
        )
    if isinstance(error, openai.APIError):
        return EngineUnavailable(f"{where} reported an error: {_quote(error.message, key)}; try again.")
    kind = type(error).__name__
    return EngineUnavailable(
        f"{where} sent something that Duet does not understand ({kind}); check {section}.base_url."
    )


def _is_a(error: Exception, name: str) -> bool:
    """Whether `error` is the transport library's, whose package is named otherwise in each generation of `openai`."""
    return any(kind.__name__ == name for kind in type(error).__mro__)


def _untrusted(error: BaseException | None) -> bool:
    """Whether the connection failed over TLS: a certificate that is not trusted, or no TLS at all on that port."""
    while error is not None:
        if isinstance(error, ssl.SSLError) or "SSL" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _of_status(error: openai.APIStatusError, where: str, model: str, key: str | None, section: str) -> DuetError:
    status, said = error.status_code, _quote(error.message, key)
    lower = said.lower()
    if status in (401, 403):
        return EngineUnavailable(f"{where} refused the key ({status}); set the right one with Duet's settings.")
    if status == 404:
        return EngineUnavailable(
            f"{where} does not know the model {model!r} or this address (404); check {section}.model."
        )
    if status == 413 or (status == 400 and "context" in lower and ("length" in lower or "window" in lower)):
        return BadInput(f"The text is too long for {model}: {said}; shorten it.")
    if status == 429:
        return EngineUnavailable(f"{where} takes no more requests for now (429); wait a little, or check your plan.")
    if status >= 500:
        return EngineUnavailable(f"{where} failed ({status}): {said}; try again later.")
    return EngineUnavailable(
        f"{where} refused the request ({status}): {said}; check the settings of the section {section}."
    )


def _quote(text: str, key: str | None) -> str:
    """What the server said, on one line, shortened, and without the key in case it echoes that."""
    line = " ".join(str(text).split())
    if key:
        line = line.replace(key, "***")
    return (line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}...").rstrip(".;")


def worth_another_try(error: openai.APIError) -> bool:
    """Whether waiting may help: a server that is away, busy or broken may come back; one that refuses will not."""
    status = getattr(error, "status_code", None)
    return status is None or status in (408, 425, 429) or status >= 500


def retry_after_s(error: openai.APIError, backoff_s: float, longest_s: float) -> float:
    """Seconds to wait: what the server asked for if it did, else `backoff_s` with some jitter."""
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    try:
        wait = float(asked)
    except ValueError:
        wait = backoff_s * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, keeps no secret
    return max(0.0, min(wait, longest_s))

"""The language engine `remote`: any OpenAI-compatible server, through the `openai` library, in a worker.

The requests run on an asyncio loop in a thread of their own, so that a cancel closes the connection at once instead of
waiting for the next chunk. The key is given by the caller and appears in no log and no error. What differs between
servers is in `remote_dialect`; what can go wrong is told in `remote_errors`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import queue
import threading
from collections.abc import AsyncIterator, Coroutine, Generator
from concurrent.futures import wait
from typing import Any, TypeVar
from urllib.parse import urlsplit

import openai

from app.engines.job import Job
from app.engines.language import schema as json_schema
from app.engines.language.base import (
    Delta,
    Finish,
    Generated,
    GenerateRequest,
    LanguageInfo,
    Message,
    Warmed,
)
from app.engines.language.clock import WorkClock
from app.engines.language.output import Output
from app.engines.language.remote_dialect import Dialect
from app.engines.language.remote_errors import StreamCut, explain, retry_after_s, worth_another_try
from app.engines.language.sampling_limits import check_sampling
from app.errors import BadInput, BadSetting, EngineUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

POLL_S = 0.02
"""How soon a cancel or a pause is noticed while the server is silent."""

FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 0.5, 8.0
_DONE = object()

_UNSENT = (
    "OpenAI-Organization",
    "OpenAI-Project",
    *(
        f"X-Stainless-{part}"
        for part in ("OS", "Arch", "Lang", "Runtime", "Runtime-Version", "Package-Version", "Async")
    ),
)
"""Headers that the library adds from the environment and from this machine; none is the server's business."""


class RemoteEngine:
    """A model on a server. See `LanguageEngine` for the calls.

    base_url: for example http://127.0.0.1:8080/v1. model: its name there; empty for the server's first. context: tokens
    that the server gives. timeout_s: longest silence of the server. retries: of a request that failed before its first
    token. section: of the settings that these come from, for error texts. key: sent to this server only, None for none.
    """

    def __init__(
        self,
        *,
        base_url: str,
        model: str = "",
        context: int = 8192,
        timeout_s: float = 60.0,
        retries: int = 2,
        section: str = "remote",
        key: str | None = None,
    ) -> None:
        """Reach the server once. Raises `BadSetting` for no URL, `EngineUnavailable` for a server that is away."""
        self._base_url, self._context, self._retries, self._timeout_s = base_url.strip(), context, retries, timeout_s
        self._section, self._key = section, key
        self._where = f"The server {_host(self._base_url, section)}"
        self._dialect = Dialect()
        self._totals = dict.fromkeys(
            ("requests", "prompt_tokens", "cached_tokens", "tokens", "decode_s", "prefill_s"), 0.0
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run_loop, name="remote", daemon=True)
        self._thread.start()
        self._client: openai.AsyncOpenAI | None = None
        try:
            self._client = self._connect(timeout_s)
            self._model = self._wait(self._reach(model), None)
        except BaseException:
            self.close()
            raise

    # -- the calls of a language engine ------------------------------------------------------------------------

    def info(self, job: Job) -> LanguageInfo:
        return LanguageInfo(
            name=self._model, engine="remote", source=self._base_url, context=self._context, embeddings=True
        )

    def generate(self, request: GenerateRequest, job: Job) -> Generator[Delta, None, Generated]:
        clock = WorkClock(job, request.deadline_s)
        clock.checkpoint()
        self._check(request)
        validator = json_schema.validator(request.schema) if request.schema is not None else None
        result = yield from _RemoteGeneration(self, request, clock).run()
        if validator is not None and result.finish == "stop":
            json_schema.check(result.text, validator, self._model)
        self._totals["requests"] += 1
        for key in ("prompt_tokens", "cached_tokens", "tokens"):
            self._totals[key] += getattr(result, key)
        first_s = (result.first_token_ms or result.elapsed_ms) / 1000
        self._totals["prefill_s"] += first_s
        self._totals["decode_s"] += result.elapsed_ms / 1000 - first_s
        return result

    def warm(self, messages: tuple[Message, ...], job: Job) -> Warmed:
        """Does nothing: what a server keeps of a prompt is its own affair, and asking would cost a request."""
        return Warmed(prompt_tokens=estimate_tokens(messages), cached_tokens=0, elapsed_ms=0.0)

    def tokenize(self, text: str, job: Job) -> list[int]:
        raise EngineUnavailable(f"{self._where} has no call to split text into tokens; use a local model for that.")

    def count_tokens(self, messages: tuple[Message, ...], job: Job) -> int:
        """An estimate, on the high side (see `estimate_tokens`): servers do not tell before they answer."""
        return estimate_tokens(messages)

    def embed(self, texts: tuple[str, ...], job: Job) -> list[list[float]]:
        if not texts:
            return []
        clock = WorkClock(job)

        async def request() -> list[list[float]]:
            try:
                reply = await self._open.embeddings.create(
                    model=self._model, input=list(texts), encoding_format="float"
                )
                return [item.embedding for item in sorted(reply.data, key=lambda item: item.index)]
            except Exception as error:  # noqa: BLE001 - told as what it means
                raise self._explained(error, self._model) from None

        vectors = self._wait(request(), clock)
        if len(vectors) != len(texts):
            raise EngineUnavailable(
                f"{self._where} gave {len(vectors)} vectors for {len(texts)} texts; use another model."
            )
        return [_normalised(v) for v in vectors]

    def stats(self, job: Job) -> dict[str, float]:
        return dict(self._totals)

    def close(self) -> None:
        if self._loop.is_closed():
            return
        if self._client is not None:
            asyncio.run_coroutine_threadsafe(self._client.close(), self._loop).result(timeout=5)
            self._client = None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    # -- parts -------------------------------------------------------------------------------------------------

    @property
    def _open(self) -> openai.AsyncOpenAI:
        if self._client is None:
            raise EngineUnavailable("The connection to the server was closed; start the engine again.")
        return self._client

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _connect(self, timeout_s: float) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            base_url=self._base_url,
            api_key=self._key or "none",  # the library wants one; servers without keys ignore it
            timeout=openai.Timeout(timeout_s, connect=min(timeout_s, 10.0)),
            max_retries=0,
            default_headers=dict.fromkeys(_UNSENT, openai.omit),  # type: ignore[arg-type]
        )

    async def _reach(self, model: str) -> str:
        """The model's name on the server; its first if none was asked for."""
        try:
            names = [m.id for m in (await self._open.models.list(timeout=min(self._timeout_s, 10.0))).data or []]
        except (openai.NotFoundError, openai.BadRequestError):
            names = []  # a server without a list is still a server
        except Exception as error:  # noqa: BLE001 - told as what it means
            raise self._explained(error, model) from None
        if not model and not names:
            raise BadSetting(f"{self._where} does not list its models; set {self._section}.model to the one to use.")
        return model or names[0]

    def _explained(self, error: Exception, model: str) -> Exception:
        return explain(
            error,
            where=self._where,
            model=model,
            timeout_s=self._timeout_s,
            key=self._key,
            section=self._section,
        )

    def _wait(self, work: Coroutine[Any, Any, T], clock: WorkClock | None) -> T:
        """Run `work` on the loop and wait for it, noticing a cancel within `POLL_S`."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            while not wait((future,), timeout=POLL_S).done:
                if clock is not None:
                    clock.checkpoint()
            return future.result()
        finally:
            future.cancel()

    def _check(self, request: GenerateRequest) -> None:
        check_sampling(request.sampling)
        if request.adapters:
            raise BadInput("A remote server cannot apply adapters; use a local model for them.")
        if not request.messages:
            raise BadInput("There is nothing to answer; give at least one message.")
        tokens = estimate_tokens(request.messages, per_token=8.0)
        if tokens >= self._context:
            raise BadInput(f"The text has over {tokens} tokens and {self._model} takes {self._context}; shorten it.")


class _RemoteGeneration:
    """One streamed chat completion."""

    def __init__(self, engine: RemoteEngine, request: GenerateRequest, clock: WorkClock) -> None:
        self.engine, self.request, self.clock = engine, request, clock
        self.output = Output(request.sampling.stop)
        self.items: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.finish: Finish | None = None
        self.usage: Any = None
        self.count = 0
        self.first_s: float | None = None
        self.last_s = 0.0

    def run(self) -> Generator[Delta, None, Generated]:
        task = asyncio.run_coroutine_threadsafe(self._stream(), self.engine._loop)
        try:
            yield from self._deltas()
        finally:
            task.cancel()  # closes the connection, so that the server stops too
        yield from self.output.finish(self.count)
        return self._result()

    def _deltas(self) -> Generator[Delta, None, None]:
        while True:
            self.clock.checkpoint()
            if self.clock.expired():
                self.finish = "deadline"
                return
            try:
                item = self.items.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if item is _DONE:
                return
            if isinstance(item, BaseException):
                raise item
            yield from self._chunk(item)
            if self.output.stopped:
                self.finish = "stop"
                return

    def _chunk(self, chunk: Any) -> list[Delta]:
        self.usage = chunk.usage or self.usage
        deltas: list[Delta] = []
        for choice in (chunk.choices or [])[:1]:
            if choice.finish_reason:
                self.finish = "length" if choice.finish_reason == "length" else "stop"
            thought = _thought(choice.delta)
            text = (choice.delta.content if choice.delta else None) or ""
            if not text and not thought:
                continue
            self.count += 1
            self.last_s = self.clock.worked_s()
            self.first_s = self.last_s if self.first_s is None else self.first_s
            deltas += self.output.think(thought, self.count) if thought else []
            deltas += self.output.push(text, self.count) if text else []
        return deltas

    async def _stream(self) -> None:
        """On the loop: request, retries, and each chunk into the queue; then `_DONE` or the error."""
        try:
            await self._attempts()
            self.items.put(_DONE)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the waiting side must learn it
            self.items.put(self.engine._explained(error, self.engine._model))

    async def _attempts(self) -> None:
        backoff, left = FIRST_BACKOFF_S, self.engine._retries
        while True:
            dialect = self.engine._dialect
            try:
                async for chunk in self._chunks(dialect):
                    self.items.put(chunk)
                return
            except (openai.APIConnectionError, openai.APIStatusError) as error:
                if simpler := dialect.simpler(error, self.request):
                    self.engine._dialect = simpler
                    continue
                if left <= 0 or self.first_s is not None or not worth_another_try(error):
                    raise
                left -= 1
                await asyncio.sleep(retry_after_s(error, backoff, LONGEST_BACKOFF_S))
                backoff = min(backoff * 2, LONGEST_BACKOFF_S)

    async def _chunks(self, dialect: Dialect) -> AsyncIterator[Any]:
        """The chunks of one attempt. A stream that ends without saying why was cut."""
        finished = False
        arguments = dialect.arguments(self.engine._model, self.request)
        async with await self.engine._open.chat.completions.create(**arguments) as stream:
            async for chunk in stream:
                finished = finished or any(choice.finish_reason for choice in chunk.choices or [])
                yield chunk
        if not finished:
            raise StreamCut

    def _result(self) -> Generated:
        usage = self.usage
        details = getattr(usage, "prompt_tokens_details", None)
        tokens = max(self.count, getattr(usage, "completion_tokens", None) or 0)
        decode_s = self.last_s - self.first_s if self.first_s is not None else 0.0
        return Generated(
            text=self.output.text,
            thinking=self.output.thinking,
            finish=self.finish or "stop",
            prompt_tokens=getattr(usage, "prompt_tokens", None) or estimate_tokens(self.request.messages),
            cached_tokens=getattr(details, "cached_tokens", None) or 0,
            tokens=tokens,
            first_token_ms=None if self.first_s is None else self.first_s * 1000,
            elapsed_ms=self.clock.worked_s() * 1000,
            tokens_per_s=(tokens - 1) / decode_s if tokens > 1 and decode_s > 0 else None,
            paused_ms=self.clock.paused_s * 1000,
        )


def _host(base_url: str, section: str) -> str:
    """Host and port, for error texts: no user name or password that the URL may hold."""
    try:
        url = urlsplit(base_url)
        if url.scheme in ("http", "https") and url.hostname:
            return url.hostname + (f":{url.port}" if url.port else "")
    except ValueError:
        pass
    raise BadSetting(f"{section}.base_url is {base_url!r}; set it to a URL such as http://127.0.0.1:8080/v1.")


def estimate_tokens(messages: tuple[Message, ...], per_token: float = 3.0) -> int:
    """An estimate, not a count: one token per `per_token` bytes of UTF-8, and 8 for each message's frame.

    English has about four bytes per token in today's vocabularies; three keep the estimate on the safe side.
    """
    return sum(8 + math.ceil(len(m.content.encode("utf-8", "replace")) / per_token) for m in messages) + 4


def _thought(delta: Any) -> str:
    """Thinking that the server sends apart from the answer, under either of the names in use."""
    for name in ("reasoning_content", "reasoning"):
        text = getattr(delta, name, None)
        if isinstance(text, str) and text:
            return text
    return ""


def _normalised(vector: Any) -> list[float]:
    """A unit vector; a server that pools nothing sends one vector per token, of which this is the mean."""
    if vector and isinstance(vector[0], list):
        vector = [sum(column) / len(vector) for column in zip(*vector, strict=True)]
    norm = math.sqrt(sum(x * x for x in vector))
    return [x / norm for x in vector] if norm > 0 else vector

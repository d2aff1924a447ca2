"""The language engine `llama`: GGUF models through llama.cpp, in a worker.

Puts the parts together: model and context, prompt, prefix reuse, sampling, text out. Every number that it reports is
its own clock's. It keeps no conversation: what it reuses from the last request is found by comparing tokens.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import Any, Literal

import llama_cpp.llama_cpp as ll

from app.engines.job import Job, NullJob
from app.engines.language import schema as json_schema
from app.engines.language.adapters import Adapters
from app.engines.language.base import (
    Adapter,
    Delta,
    Finish,
    Generated,
    GenerateRequest,
    LanguageInfo,
    Message,
    Warmed,
)
from app.engines.language.clock import WorkClock
from app.engines.language.decode import DeadlinePassed, Decoder, common_prefix
from app.engines.language.detokenise import Detokeniser
from app.engines.language.embedding import Embedder
from app.engines.language.model import LoadedModel
from app.engines.language.native import last_errors
from app.engines.language.output import Output, merged
from app.engines.language.sampling import NoTokenLeft, Sampler
from app.engines.language.sampling_limits import check_sampling
from app.engines.language.thinking import opened_by
from app.engines.language.threads import ThreadTuner, choose_threads
from app.errors import BadInput, BadModel, BadSetting, EngineUnavailable

log = logging.getLogger(__name__)

KvType = Literal["f16", "q8_0", "q4_0"]
_KV_TYPES = {"f16": 1, "q8_0": 8, "q4_0": 2}  # ggml types
_FLASH_OFF, _FLASH_ON = 0, 1

GATHER_S = 0.025
"""Text goes out at most so often, unless a clause ends: a message for every token wakes the other process 120 times a
second, on cores that the model needs (seen: 2 % of the tokens/s). Nobody reads or speaks faster."""

CLAUSE_ENDS = (".", "!", "?", ",", ";", ":")


class LlamaEngine:
    """A GGUF model. See `LanguageEngine` for the calls.

    path: the file. context: tokens, at most what the model was trained for. threads: 0 chooses. batch: tokens per
    decoded batch, which is what a pause or a cancel may lose. gpu_layers: -1 for all. kv_type: how the KV cache is
    stored. adapters: opened while loading so that the first swap costs nothing. embeddings: whether `embed` works.
    """

    def __init__(
        self,
        *,
        path: str,
        context: int = 4096,
        threads: int = 0,
        batch: int = 64,
        gpu_layers: int = 0,
        kv_type: KvType = "f16",
        adapters: tuple[Adapter, ...] = (),
        embeddings: bool = False,
    ) -> None:
        if kv_type not in _KV_TYPES:
            raise BadSetting(f"kv_type is {kv_type!r}; use one of {', '.join(_KV_TYPES)}.")
        self._closed = False
        self._embedder: Embedder | None = None
        self._context: Any = None
        self._model = LoadedModel(path, gpu_layers=gpu_layers)
        try:
            self._gpu_layers = gpu_layers if ll.llama_supports_gpu_offload() else 0
            self._threads = choose_threads(threads)
            self._batch = max(1, batch)
            self._length = min(max(context, 1), self._model.context_trained or context)
            self._context = self._make_context(kv_type)
            tuner = ThreadTuner(self._threads) if threads <= 0 else None
            self._decoder = Decoder(self._context, batch=self._batch, rolls_back=self._model.rolls_back, tuner=tuner)
            self._template = self._model.template()
            self._adapters = Adapters(self._model.native, self._model.header)
            for adapter in adapters:
                self._adapters.open(adapter, NullJob())
            if embeddings:
                self._embedder = Embedder(self._model.native, context=self._length, threads=self._threads)
        except BaseException:
            self.close()
            raise
        self._name = str(self._model.header.metadata.get("general.name") or self._model.header.path.stem)
        self._totals = dict.fromkeys(
            ("requests", "prompt_tokens", "cached_tokens", "tokens", "decode_s", "prefill_s"), 0.0
        )

    # -- the calls of a language engine ------------------------------------------------------------------------

    def info(self, job: Job) -> LanguageInfo:
        return LanguageInfo(
            name=self._name,
            engine="llama",
            source=str(self._model.header.path),
            context=self._length,
            architecture=self._model.header.architecture,
            parameters=int(ll.llama_model_n_params(self._model.native)),
            size=int(ll.llama_model_size(self._model.native)),
            quantisation=self._model.quantisation,
            vocabulary=self._model.vocabulary_size,
            threads=self._threads,
            gpu_layers=self._gpu_layers,
            template_hash=self._template.hash,
            embeddings=self._embedder is not None,
        )

    def generate(self, request: GenerateRequest, job: Job) -> Generator[Delta, None, Generated]:
        clock = WorkClock(job, request.deadline_s)
        clock.checkpoint()
        check_sampling(request.sampling)
        validator = json_schema.validator(request.schema) if request.schema is not None else None
        grammar = json_schema.grammar(request.schema) if request.schema is not None else None
        if grammar is not None and not self._model.ends:
            raise EngineUnavailable(
                f"{self._name} has no token that ends an answer, so it cannot keep to a JSON schema."
            )
        prompt, tokens = self._prompt(request.messages, constrained=grammar is not None)
        self._begin(job, request.adapters)
        sampler = Sampler(self._model.vocabulary, self._model.vocabulary_size, request.sampling, grammar)
        try:
            generation = _Generation(self, request, tokens, clock, Output(request.sampling.stop, opened_by(prompt)))
            result = yield from generation.run(sampler)
        finally:
            sampler.close()
        if validator is not None and result.finish == "stop":
            json_schema.check(result.text, validator, self._name)
        return result

    def warm(self, messages: tuple[Message, ...], job: Job) -> Warmed:
        clock = WorkClock(job)
        clock.checkpoint()
        tokens = self._shared_prefix(messages)
        self._check_fits(tokens)
        self._begin(job, None)
        cached = common_prefix(self._decoder.tokens, tokens)
        if cached < len(tokens):
            self._decoder.keep_common(tokens)
            cached = len(self._decoder.tokens)
            self._decoder.prefill(tokens, clock)
        self._add(cached_tokens=cached, prompt_tokens=len(tokens), prefill_s=clock.worked_s())
        return Warmed(prompt_tokens=len(tokens), cached_tokens=cached, elapsed_ms=clock.worked_s() * 1000)

    def tokenize(self, text: str, job: Job) -> list[int]:
        return self._model.tokenise(text)

    def count_tokens(self, messages: tuple[Message, ...], job: Job) -> int:
        return len(self._tokens(self._template.render(messages)))

    def embed(self, texts: tuple[str, ...], job: Job) -> list[list[float]]:
        if self._embedder is None:
            raise EngineUnavailable(f"{self._name} was loaded without embeddings; load it with them.")
        clock = WorkClock(job)
        return [self._embedder.embed(self._model.tokenise(t, bos=True), clock, job.stop_flag) for t in texts]

    def stats(self, job: Job) -> dict[str, float]:
        return {**self._totals, "evaluated_tokens": float(self._decoder.evaluated)}

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._embedder is not None:
            self._embedder.close()
        if self._context:
            ll.llama_free(self._context)
        self._context = None
        self._model.close()

    # -- parts -------------------------------------------------------------------------------------------------

    def _make_context(self, kv_type: KvType) -> Any:
        params = ll.llama_context_default_params()
        params.n_ctx = self._length
        params.n_batch = params.n_ubatch = self._batch
        params.n_threads = params.n_threads_batch = self._threads
        params.type_k = params.type_v = _KV_TYPES[kv_type]
        # A quantised V cache needs flash attention; for f16 on a CPU the plain path was the faster one.
        on_gpu = self._gpu_layers != 0
        params.flash_attn_type = _FLASH_ON if kv_type != "f16" or on_gpu else _FLASH_OFF
        context = ll.llama_init_from_model(self._model.native, params)
        if not context:
            cause = last_errors() or "no reason given"
            raise BadModel(
                f"llama.cpp cannot set {self._model.header.path} up with {self._length} tokens of context and a "
                f"{kv_type} cache ({cause}); choose a smaller context or another cache type."
            )
        return context

    def _prompt(self, messages: tuple[Message, ...], *, constrained: bool) -> tuple[str, list[int]]:
        if not messages:
            raise BadInput("There is nothing to answer; give at least one message.")
        prompt = self._template.render(messages)
        closing = opened_by(prompt)
        if constrained and closing:
            prompt = f"{prompt.rstrip()}\n\n{closing}\n\n"  # a JSON document has no room for thinking
        tokens = self._tokens(prompt)
        self._check_fits(tokens)
        return prompt, tokens

    def _tokens(self, prompt: str) -> list[int]:
        return self._model.tokenise(prompt, special=True, bos=True)

    def _check_fits(self, tokens: list[int]) -> None:
        if not tokens:
            raise BadInput("There is nothing to answer; give at least one message.")
        if len(tokens) >= self._length:
            raise BadInput(
                f"The text has {len(tokens)} tokens and {self._name} takes {self._length - 1}; "
                "shorten it or give the model more context."
            )

    def _shared_prefix(self, messages: tuple[Message, ...]) -> list[int]:
        """Tokens that any continuation of `messages` begins with, found by rendering two of them."""
        last = messages[-1] if messages else None
        if last is not None and last.role in ("user", "tool"):
            endings = [(*messages[:-1], Message(last.role, last.content + tail)) for tail in (" a", "\n1")]
        else:
            endings = [(*messages, Message("user", tail)) for tail in ("a", "1")]
        first, second = (self._tokens(self._template.render(m)) for m in endings)
        return first[: common_prefix(first, second)]

    def _begin(self, job: Job, adapters: tuple[Adapter, ...] | None) -> None:
        """Before any decoding: whom to obey, and with which adapters (None leaves them)."""
        self._decoder.obey(job.stop_flag)
        if adapters is not None and self._adapters.apply(self._context, adapters, job):
            self._decoder.forget()

    def _add(self, **amounts: float) -> None:
        for key, amount in amounts.items():
            self._totals[key] += amount


class _Generation:
    """One request under way: prefill, then a token at a time."""

    def __init__(
        self, engine: LlamaEngine, request: GenerateRequest, prompt: list[int], clock: WorkClock, output: Output
    ) -> None:
        self.engine, self.request, self.prompt, self.clock, self.output = engine, request, prompt, clock, output
        self.cached = 0
        self.count = 0
        self.finish: Finish = "length"
        self.sampled = 0
        self.first_s: float | None = None
        self.last_s = 0.0
        self.sent_s = -GATHER_S

    def run(self, sampler: Sampler) -> Generator[Delta, None, Generated]:
        decoder = self.engine._decoder
        sampling = self.request.sampling
        if sampling.seed is not None and sampling.temperature > 0:
            decoder.forget()  # logits differ in their last bits with what was cached: a seed promises the same text
        self.cached = decoder.keep_common(self.prompt)
        try:
            decoder.prefill(self.prompt, self.clock)
            prefill_s = self.clock.worked_s()
            sampler.accept(self.prompt)
            yield from self._tokens(sampler, decoder)
        except DeadlinePassed:
            prefill_s = self.clock.worked_s()
            self.finish = "deadline"
        yield from self.output.finish(self.count)
        return self._result(prefill_s)

    def _tokens(self, sampler: Sampler, decoder: Decoder) -> Generator[Delta, None, None]:
        model, clock, output = self.engine._model, self.clock, self.output
        ends, text = model.ends, Detokeniser(model.pieces)
        pending: list[Delta] = []
        limit = min(self.request.sampling.max_tokens, self.engine._length - len(self.prompt))
        while True:
            try:
                token = sampler.sample(decoder.context)
            except NoTokenLeft:
                break
            self.last_s = clock.worked_s()
            self.sampled += 1
            if self.first_s is None:
                self.first_s = self.last_s
            if token in ends:
                self.finish = "stop"
                break
            self.count += 1
            pending += output.push(text.push(token), self.count)
            if pending and self._due(pending):
                yield from merged(pending)
                pending.clear()
            if output.stopped:
                self.finish = "stop"
                break
            if self.count >= limit:
                break
            if clock.expired():
                self.finish = "deadline"
                break
            clock.checkpoint()
            decoder.decode_one(token, clock)
        yield from merged([*pending, *output.push(text.finish(), self.count)])

    def _due(self, pending: list[Delta]) -> bool:
        """Whether what waits should go out: the first text at once, then every `GATHER_S`, and whole clauses."""
        if self.last_s - self.sent_s < GATHER_S and not pending[-1].text.rstrip().endswith(CLAUSE_ENDS):
            return False
        self.sent_s = self.last_s
        return True

    def _result(self, prefill_s: float) -> Generated:
        decode_s = self.last_s - self.first_s if self.first_s is not None else 0.0
        self.engine._add(
            requests=1, prompt_tokens=len(self.prompt), cached_tokens=self.cached, tokens=self.count,
            prefill_s=prefill_s, decode_s=decode_s,
        )  # fmt: skip
        return Generated(
            text=self.output.text,
            thinking=self.output.thinking,
            finish=self.finish,
            prompt_tokens=len(self.prompt),
            cached_tokens=self.cached,
            tokens=self.count,
            first_token_ms=None if self.first_s is None else self.first_s * 1000,
            elapsed_ms=self.clock.worked_s() * 1000,
            tokens_per_s=(self.sampled - 1) / decode_s if self.sampled > 1 and decode_s > 0 else None,
            paused_ms=self.clock.paused_s * 1000,
        )

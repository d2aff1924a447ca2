"""The one interface of everything that generates text, and the values that cross it.

An engine runs in a worker (`app.engines.worker`); `LanguageEngine` is what it offers there. The main process talks to
it through `app.engines.language.client.LanguageClient`. Nothing here imports a model library.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from app.engines.job import Job

Role = Literal["system", "user", "assistant", "tool"]
Finish = Literal["stop", "length", "deadline"]

WORKER_ENVIRONMENT: Mapping[str, str] = {"GOMP_SPINCOUNT": "1000", "KMP_BLOCKTIME": "0"}
"""What a worker of a native language model needs in its environment before the library loads.

Threads that spin for long while they wait for each other cost a busy machine four fifths of its tokens/s; threads that
never spin cost an idle one a third. Seen with the starter on two cores, tokens/s idle / beside two programs that spin:
passive 69 / 48, a spin count of 300 108 / 42, of 1000 107 / 48, one thread 74 / 54. With 1000 the engine also takes
fewer threads while the machine is busy (`threads.ThreadTuner`). (GOMP_ is GNU's OpenMP, KMP_ LLVM's and Intel's.)
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation as a chat template takes it."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How tokens are chosen. `temperature` 0 is greedy. `seed` None draws a new one for each request."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 40
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    max_tokens: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A LoRA file to apply for one request. `base` is the digest of the model that it was trained on, if known."""

    path: str
    scale: float = 1.0
    base: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """What to generate.

    schema: a JSON schema; the text is then one JSON document that satisfies it, unless `finish` is not "stop".
    deadline_s: seconds of work (time spent paused not counted) after which generation ends with finish "deadline".
    """

    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)
    schema: Mapping[str, Any] | None = None
    adapters: tuple[Adapter, ...] = ()
    deadline_s: float | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """Newly generated text. `tokens` counts all generated so far; thinking is never shown as answer nor spoken."""

    text: str
    tokens: int
    thinking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The end of a generation. Times in ms of the engine's own clock, pauses left out of `elapsed_ms`.

    prompt_tokens: tokens of the rendered prompt. cached_tokens: how many of them needed no work.
    tokens_per_s: decoding speed after the first token; None below two tokens.
    """

    text: str
    thinking: str
    finish: Finish
    prompt_tokens: int
    cached_tokens: int
    tokens: int
    first_token_ms: float | None
    elapsed_ms: float
    tokens_per_s: float | None
    paused_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmed:
    """A prompt was brought into the cache: how many tokens it has and how many of them were there already."""

    prompt_tokens: int
    cached_tokens: int
    elapsed_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageInfo:
    """What runs. Sizes in bytes; `context` in tokens; `source` a path or a base URL."""

    name: str
    engine: str
    source: str
    context: int
    architecture: str | None = None
    parameters: int | None = None
    size: int | None = None
    quantisation: str | None = None
    vocabulary: int | None = None
    threads: int | None = None
    gpu_layers: int = 0
    template_hash: str | None = None
    embeddings: bool = False


class LanguageEngine(Protocol):
    """What a language engine offers in its worker. One call at a time.

    Loading is the constructor's work: it raises `BadModel` for a file that cannot be used and `EngineUnavailable`
    for a server that is away. `NAME(**options)`; an option that the engine does not know is a `TypeError`.
    """

    def info(self, job: Job) -> LanguageInfo: ...

    def generate(self, request: GenerateRequest, job: Job) -> Generator[Delta, None, Generated]:
        """Stream the answer. Raises `BadInput` when the prompt does not fit the context, `Cancelled` from the job."""

    def warm(self, messages: tuple[Message, ...], job: Job) -> Warmed:
        """Prefill these messages (a prefix of the next request's) so that the next first token comes sooner."""

    def tokenize(self, text: str, job: Job) -> list[int]: ...

    def count_tokens(self, messages: tuple[Message, ...], job: Job) -> int:
        """Tokens of the messages as the model's own template renders them, the opening of the answer included."""

    def embed(self, texts: tuple[str, ...], job: Job) -> list[list[float]]:
        """One L2-normalised vector per text; `EngineUnavailable` where the engine has none."""

    def stats(self, job: Job) -> dict[str, float]:
        """Running totals since loading: requests, prompt_tokens, cached_tokens, tokens, decode_s, prefill_s.

        An engine that runs the network itself adds evaluated_tokens: all that went through it, also in vain.
        """

    def close(self) -> None:
        """Free the model."""

"""What a worker process is to run, and the bounds that it is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSpec:
    """One worker.

    name: "fast", "planner", "hearing", "voice", ...: what events and logs call it.
    group, engine: the entry point that names the engine class, e.g. "duet.language", "llama"; or `engine` names the
        class itself as "package.module:Class".
    options: the engine's keyword arguments; picklable.
    model: what people call what it runs.
    environment: set in the child before anything heavy is imported (OMP_WAIT_POLICY, ...).
    init_timeout_s: longest time from spawn to ready.
    progress_deadline_s: longest time that a running job may pass without a checkpoint, pauses left out.
    memory_limit_mb: largest PSS, None for no bound.
    safe: what to run after repeated crashes; the worker is then "degraded".
    """

    name: str
    group: str
    engine: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)  # may hold a key
    model: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    init_timeout_s: float = 120.0
    progress_deadline_s: float = 30.0
    memory_limit_mb: float | None = None
    safe: WorkerSpec | None = None

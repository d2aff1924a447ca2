"""From settings to workers: which engine runs which model, in what environment, and what it falls back to."""

from __future__ import annotations

import importlib.metadata
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from app.engines.language.base import WORKER_ENVIRONMENT, Adapter
from app.engines.worker.spec import WorkerSpec
from app.errors import BadSetting
from app.files import recipe_file
from app.registry.recipe import Recipe, read_recipe
from app.registry.roles import STARTER, STARTER_NAME, Lane, cast, model_name
from app.registry.servers import find_server, is_server, require_allowed
from app.registry.starter import starter_model
from app.settings import WAKE_WORDS, Settings
from app.settings.keys import get_key

BATCH = {"fast": 64, "planner": 32}
"""Prompt tokens per decode: what is lost when the model is paused in mid-prompt (facts: keep it small)."""


@dataclass(frozen=True, slots=True)
class LanguageProfile:
    """A language model's worker and how it wants to be asked."""

    spec: WorkerSpec
    recipe: Recipe
    adapters: tuple[Adapter, ...] = ()


def language_profile(settings: Settings, part: Lane) -> LanguageProfile:
    """The profile of "fast" (who plays dialogue) or "planner" (who plays planning).

    Raises `BadSetting` for what cannot be and for a server that is not allowed, `EngineUnavailable` from the starter.
    """
    reference = cast(settings, "dialogue" if part == "fast" else "planning").models[0]
    require_allowed(settings, reference)
    return model_profile(settings, reference, part, part)


def model_profile(settings: Settings, reference: str, lane: Lane, worker: str) -> LanguageProfile:
    """The profile of a model on one of the tracks, in a worker of that name. Raises as `language_profile`.

    Does not ask whether a server is allowed: who starts the worker has to.
    """
    recipe = read_recipe(recipe_file("Modelfile.starter" if reference == STARTER else f"Modelfile.{lane}"))
    if is_server(reference):
        return LanguageProfile(_remote(settings, reference, worker), recipe)
    path = starter_model() if reference == STARTER else Path(reference).expanduser()
    context = settings.models.fast_context if lane == "fast" else settings.models.planner_context
    if worker != lane and recipe.context is not None:  # who merely stands in is not asked for more than it has
        context = min(context, recipe.context)
    adapter = settings.models.adapter if worker == "fast" else ""
    adapters = (Adapter(path=str(Path(adapter).expanduser())),) if adapter else ()
    name = model_name(settings, reference)
    return LanguageProfile(_llama(settings, lane, path, name, context, worker), recipe, adapters)


def _llama(settings: Settings, lane: Lane, path: Path, name: str, context: int, worker: str) -> WorkerSpec:
    compute = settings.compute
    options: dict[str, Any] = {
        "path": str(path),
        "context": context,
        "threads": compute.threads,
        "batch": BATCH[lane],
        "gpu_layers": compute.gpu_layers,
        "kv_type": compute.kv_type,
    }
    safe = options | {"context": min(context, 2048), "gpu_layers": 0, "kv_type": "f16", "path": str(starter_model())}
    return _worker(
        settings,
        worker,
        "duet.language",
        "llama",
        options,
        name,
        safe=_worker(settings, worker, "duet.language", "llama", safe, STARTER_NAME),
    )


def _remote(settings: Settings, reference: str, worker: str) -> WorkerSpec:
    server = find_server(settings, reference)
    remote = server.settings
    options = {
        "base_url": remote.base_url,
        "model": remote.model,
        "context": remote.context,
        "timeout_s": remote.timeout_s,
        "retries": remote.retries,
        "section": server.section,
        "key": get_key(remote.base_url, server.name),
    }
    # A remote model may think for as long as its timeout allows before anything comes back.
    return _worker(
        settings,
        worker,
        "duet.language",
        "remote",
        options,
        remote.model,
        progress_s=remote.timeout_s * (remote.retries + 1) + 30,
    )


def hearing_worker(settings: Settings) -> WorkerSpec:
    """The worker that hears. Raises `BadSetting` for a Whisper engine without a folder."""
    hearing = settings.hearing
    _must_exist("duet.hearing", hearing.engine, "hearing.engine")
    options: dict[str, Any] = {}
    name = hearing.engine
    if hearing.engine == "sphinx":
        options["language"], name = hearing.language, "pocketsphinx en-us"
    elif hearing.engine == "whisper":
        if not hearing.model:
            raise BadSetting("The hearing engine is whisper: set hearing.model to the folder of a Whisper model.")
        folder = Path(hearing.model).expanduser()
        options = {"path": str(folder), "threads": settings.compute.threads}
        options["language"] = None if hearing.language == "auto" else hearing.language
        name = folder.name
    # One step of a large Whisper model on a slow machine takes a minute at most.
    return _worker(settings, "hearing", "duet.hearing", hearing.engine, options, name, progress_s=90.0)


def voice_worker(settings: Settings) -> WorkerSpec:
    """The worker that speaks. Raises `BadSetting` for Piper without a voice file."""
    voice = settings.voice
    _must_exist("duet.voice", voice.engine, "voice.engine")
    options: dict[str, Any] = {}
    name = voice.engine
    if voice.engine == "espeak":
        options, name = {"voice": voice.voice, "voices": dict(voice.voices)}, "espeak-ng"
    elif voice.engine == "piper":
        if not voice.model:
            raise BadSetting("The voice engine is piper: set voice.model to the .onnx file of a Piper voice.")
        path = Path(voice.model).expanduser()
        options, name = {"path": str(path), "voice": voice.voice, "voices": dict(voice.voices)}, path.stem
    return _worker(settings, "voice", "duet.voice", voice.engine, options, name)


def listening_worker(settings: Settings) -> WorkerSpec | None:
    """The worker that waits for a wake word and judges ends of turns; None when neither was chosen.

    Raises `BadSetting` when the way in is the wake word and none is named.
    """
    words = settings.audio.wake_word_list if settings.audio.way_in == "wake-word" else ()
    if settings.audio.way_in == "wake-word" and not words:
        raise BadSetting(
            f"The way in is the wake word, but none is named: set audio.wake_words to one of {', '.join(WAKE_WORDS)}."
        )
    turn_model = settings.hearing.turn_model
    if not words and not turn_model:
        return None
    options = {"wake_words": tuple(words), "turn_model": turn_model}
    names = [*(Path(word).stem for word in words), *([Path(turn_model).stem] if turn_model else [])]
    return _worker(settings, "listening", "duet.listening", "listening", options, ", ".join(names))


def _must_exist(group: str, engine: str, key: str) -> None:
    """Raises `BadSetting` for an engine that nobody installed."""
    names = {entry.name for entry in importlib.metadata.entry_points(group=group)}
    if names and engine not in names:  # without metadata (a broken install) the worker's own sentence is better
        raise BadSetting(f"There is no engine “{engine}” for {key}; choose one of {', '.join(sorted(names))}.")


def _worker(
    settings: Settings,
    part: str,
    group: str,
    engine: str,
    options: dict[str, Any],
    model: str,
    *,
    safe: WorkerSpec | None = None,
    progress_s: float = 30.0,
) -> WorkerSpec:
    return WorkerSpec(
        name=part,
        group=group,
        engine=engine,
        options=options,
        model=model,
        environment={key: value for key, value in WORKER_ENVIRONMENT.items() if key not in os.environ},
        progress_deadline_s=progress_s,
        memory_limit_mb=settings.compute.memory_limit_mb or _most_memory_mb(),
        safe=safe,
    )


def _most_memory_mb() -> float:
    """Four fifths of the machine's memory, in MiB: above it the machine would start to swap."""
    return float(psutil.virtual_memory().total) * 0.8 / 2**20

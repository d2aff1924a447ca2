"""`duet hear`: what is said in a recording."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from app.audio.files import read_audio
from app.cli.common import json_option, loaded_settings, print_json, printable
from app.cli.turns import run
from app.engines.hearing.base import Transcript
from app.engines.hearing.client import HearingClient
from app.engines.worker.host import Worker
from app.events import EventBus
from app.registry.profiles import hearing_worker
from app.settings import Settings


@click.command("hear")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--engine", metavar="E", help="sphinx, whisper, or the name of an installed engine.")
@json_option
def hear(file: Path, engine: str | None, as_json: bool) -> None:
    """Write down what is said in a recording."""
    settings = loaded_settings().settings
    if engine is not None:
        settings = settings.model_copy(update={"hearing": settings.hearing.model_copy(update={"engine": engine})})
    samples, duration = read_audio(file)
    transcript = run(_hear(settings, samples))
    if not as_json:
        click.echo(printable(transcript.text))
        return
    print_json(
        {
            "text": transcript.text,
            "segments": [asdict(segment) for segment in transcript.segments],
            "engine": transcript.engine,
            "model": transcript.model,
            "language": transcript.language,
            "audio_s": round(duration, 3),
            "elapsed_s": round(transcript.elapsed_s, 3),
        }
    )


async def _hear(settings: Settings, samples: object) -> Transcript:
    worker = Worker(hearing_worker(settings), EventBus())
    try:
        await worker.start()
        language = None if settings.hearing.language == "auto" else settings.hearing.language
        return await HearingClient(worker).transcribe(samples, language, 0)  # type: ignore[arg-type]
    finally:
        await worker.stop()

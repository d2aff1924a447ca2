"""`duet say`: a text as a sound file."""

from __future__ import annotations

import time
from pathlib import Path

import click
import numpy as np

from app.audio.files import write_wav
from app.cli.common import json_option, loaded_settings, print_json
from app.cli.turns import run
from app.engines.voice.base import Samples, SpeakRequest, Spoken
from app.engines.voice.client import VoiceClient
from app.engines.worker.host import Worker
from app.errors import BadInput
from app.events import EventBus
from app.registry.profiles import voice_worker
from app.settings import Settings


@click.command("say")
@click.argument("text")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The WAV file to write.")
@click.option("--voice", metavar="V", help="A voice of the engine.")
@json_option
def say(text: str, out: Path, voice: str | None, as_json: bool) -> None:
    """Speak a text into a WAV file."""
    settings = loaded_settings().settings
    began = time.perf_counter()
    samples, spoken = run(_say(settings, text, voice))
    if not len(samples):
        raise BadInput("There is nothing to say: the text has no letter and no digit.")
    write_wav(out, samples, spoken.sample_rate)
    if as_json:
        print_json(
            {
                "voice": spoken.voice,
                "audio_s": round(spoken.audio_s, 3),
                "first_chunk_ms": spoken.first_chunk_ms,
                "elapsed_s": round(time.perf_counter() - began, 3),
                "sample_rate": spoken.sample_rate,
            }
        )
    else:
        click.echo(f"{out}: {spoken.audio_s:.1f} s, {spoken.voice}")


async def _say(settings: Settings, text: str, voice: str | None) -> tuple[Samples, Spoken]:
    worker = Worker(voice_worker(settings), EventBus())
    manner = settings.voice
    request = SpeakRequest(text=text, voice=voice or manner.voice or None, rate=manner.rate, volume=manner.volume)
    try:
        await worker.start()
        async with VoiceClient(worker).speak(request, 0) as stream:
            chunks = [chunk.samples async for chunk in stream]
            spoken = stream.result
        return (np.concatenate(chunks) if chunks else np.zeros(0, np.float32)), spoken
    finally:
        await worker.stop()

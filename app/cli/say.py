"""`duet say`: a text as a sound file."""

from __future__ import annotations

import time
from pathlib import Path

import click
import numpy as np

from app.audio.files import write_wav
from app.cli.common import json_option, loaded_settings, print_json
from app.cli.turns import run
from app.engines.voice.base import SpeakRequest, SpeechChunk, Spoken
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
@click.option("--language", metavar="L", help="The text's language, such as de, if no voice is named.")
@click.option("--rate", type=click.FloatRange(0.25, 4.0), metavar="R", help="The pace; 1 is the voice's own.")
@json_option
def say(text: str, out: Path, voice: str | None, language: str | None, rate: float | None, as_json: bool) -> None:
    """Speak a text into a WAV file."""
    settings = loaded_settings().settings
    manner = settings.voice
    request = SpeakRequest(
        text=text, voice=voice, language=language, rate=manner.rate if rate is None else rate, volume=manner.volume
    )
    began = time.perf_counter()
    chunks, spoken = run(_say(settings, request))
    if not any(chunk.samples.size for chunk in chunks):
        raise BadInput("There is nothing to say: the text has no letter and no digit.")
    write_wav(out, np.concatenate([chunk.samples for chunk in chunks]), spoken.sample_rate)
    if as_json:
        print_json(
            {
                "voice": spoken.voice,
                "spoken": " ".join(chunk.spoken for chunk in chunks if chunk.spoken),
                "audio_s": round(spoken.audio_s, 3),
                "first_chunk_ms": spoken.first_chunk_ms,
                "elapsed_s": round(time.perf_counter() - began, 3),
                "sample_rate": spoken.sample_rate,
            }
        )
    else:
        click.echo(f"{out}: {spoken.audio_s:.1f} s, {spoken.voice}")


async def _say(settings: Settings, request: SpeakRequest) -> tuple[list[SpeechChunk], Spoken]:
    worker = Worker(voice_worker(settings), EventBus())
    try:
        await worker.start()
        async with VoiceClient(worker).speak(request, 0) as stream:
            chunks = [chunk async for chunk in stream]
            return chunks, stream.result
    finally:
        await worker.stop()

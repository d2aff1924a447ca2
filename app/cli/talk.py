"""`duet talk`: a recording through the whole spoken loop, in real time, and what the speaker would have played."""

from __future__ import annotations

from pathlib import Path

import click

from app.assistant.runtime import Wants, open_duet
from app.assistant.talk import REPLY_RATE, Talk, talk_through
from app.audio.files import read_audio, write_wav
from app.audio.virtual import FileMicrophone, RecordingSpeaker
from app.cli.common import loaded_settings, print_json
from app.cli.turns import follow, run, turn_options


@click.command("talk")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="REPLY.wav", help="Where the reply goes."
)
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(0.1, 10), help="1 is real time.")
@click.option(
    "--echo", type=click.FloatRange(-60, 0), metavar="DB", help="The reply returns to the microphone this loud."
)
@turn_options
def talk(file: Path, out: Path, speed: float, echo: float | None, as_json: bool, as_events: bool) -> None:
    """Play a recording into Duet as though a microphone heard it, and record its reply."""
    settings = loaded_settings().settings
    samples, _ = read_audio(file)
    write_wav(out, samples[:0], REPLY_RATE)  # a place that cannot be written to is told before the conversation

    async def conversation() -> Talk:
        recording = FileMicrophone(samples, speed=speed)
        speaker = RecordingSpeaker(recording.clock)
        async with open_duet(settings, wants=Wants(hearing=True, voice=True), speaker=speaker) as duet:
            follow(duet.bus, as_json, as_events, questions=True)
            return await talk_through(duet, recording, speaker, echo)

    held = run(conversation())
    write_wav(out, held.reply, REPLY_RATE)
    if as_json and not as_events:
        print_json(held.document())
    elif not held.turns and not as_events:
        click.echo("duet: nobody spoke in this recording.", err=True)

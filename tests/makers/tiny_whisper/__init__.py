"""Makes a tiny Whisper model from nothing but synthetic speech: `python -m tests.makers.tiny_whisper --help`."""

"""Duet: a private desktop voice assistant with two minds."""

__version__ = "0.1.0"

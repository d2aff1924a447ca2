"""The heart: what happens between a question and its answer. Plain asyncio; knows no Qt and no model library."""

"""Phrases to learn routing from, what fits the router's classifier to them, and what judges it. The program itself
needs none of it; see `app.assistant.routing` for that."""

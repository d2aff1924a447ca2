"""The window (PySide6); the only package that imports Qt. Light to import: `app.ui.app.run` opens it."""

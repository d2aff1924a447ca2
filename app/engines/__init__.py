"""What runs a model: the worker host, and one module per engine, by kind.

Importing this package, a kind's `base` module or `app.engines.worker` loads no model library; only the engine
modules themselves (`llama`, `whisper`, ...) do, and only a worker process imports those.
"""

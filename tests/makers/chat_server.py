"""A real HTTP server on loopback that answers chat requests as it is told, also badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DEADLINE_S = 120.0


class Server(ThreadingHTTPServer):
    """Answers chat requests with `replies`, one function per request; the last one stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: list[Callable[[Handler], None]] = [good]
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.models_status = 200
        self.over = threading.Event()
        self.gone = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        self.gone.set()  # the other side closed the connection


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        return

    def do_GET(self) -> None:
        self.server.headers.append({k.lower(): v for k, v in self.headers.items()})
        self.plain(self.server.models_status, {"object": "list", "data": [{"id": "first", "object": "model"}]})

    def do_POST(self) -> None:
        self.server.headers.append({k.lower(): v for k, v in self.headers.items()})
        self.server.requests.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        replies = self.server.replies
        (replies.pop(0) if len(replies) > 1 else replies[0])(self)

    def plain(self, status: int, body: Any, **headers: str) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()

    def chunk(self, delta: dict[str, str], finish: str | None = None, **more: Any) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        body = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "first", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(body | more)}\n\n".encode())
        self.wfile.flush()


def good(h: Handler) -> None:
    h.begin()
    h.chunk({"role": "assistant", "content": ""})
    for text in ("Hello", " there"):
        h.chunk({"content": text})
    h.chunk({}, "stop", usage={"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11})
    h.wfile.write(b"data: [DONE]\n\n")


def error(status: int, message: str = "no", **headers: str) -> Callable[[Handler], None]:
    return lambda h: h.plain(status, {"error": {"message": message, "type": "x"}}, **headers)


def cut(h: Handler) -> None:
    h.begin()
    h.chunk({"content": "Hello"})


def garbage(h: Handler) -> None:
    h.begin()
    h.wfile.write(b"data: {not json\n\n")


def nonsense(h: Handler) -> None:
    h.begin()
    h.wfile.write(b"<html>It works!</html>\n\n")


def stall(h: Handler) -> None:
    h.begin()
    h.chunk({"content": "Hello"})
    h.server.over.wait(DEADLINE_S)


def endless(h: Handler) -> None:
    h.begin()
    while not h.server.over.is_set():
        h.chunk({"content": "word "})


def echo(h: Handler) -> None:
    """An error that tells everything that was sent, the key included, as careless servers do."""
    h.plain(500, {"error": {"message": f"I got {dict(h.headers)}", "type": "x"}})


def saying(text: str) -> Callable[[Handler], None]:
    """A good answer with these words."""

    def reply(h: Handler) -> None:
        h.begin()
        h.chunk({"content": text})
        h.chunk({}, "stop")
        h.wfile.write(b"data: [DONE]\n\n")

    return reply


@contextmanager
def chat_server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            made.over.set()
            made.shutdown()
            thread.join(DEADLINE_S)

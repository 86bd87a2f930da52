"""Can this machine show the workshop offline? Every page asked for, every story begun, and nobody else called."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import uvicorn

from studio.reports.board import pdf
from studio.texts import LANGUAGES
from studio.web import safety
from studio.web.app import application
from studio.web.pages.start import STORIES

STATIC = Path(__file__).parent / "static"
FEW_WORLDS = 4
"""Worlds of each story that the check runs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    """``files``, ``pages``, ``stories``, ``alone`` or ``browser``."""
    ok: bool
    detail: str


def findings() -> Iterator[Finding]:
    """Each check as it is done."""
    yield _of("files", _files)
    called: list[str] = []
    with _nobody_else(called), _server() as (address, token):
        yield _of("pages", lambda: _pages(address))
        for story in STORIES:
            yield _of("stories", lambda story=story: _story(address, token(), story))  # type: ignore[misc]
    yield Finding("alone", not called, ", ".join(called))
    yield _of("browser", _browser)


def _of(check: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(check, True, look())
    except Exception as error:  # whatever is wrong is what the check is for
        return Finding(check, False, f"{type(error).__name__}: {error}"[:300])


def _files() -> str:
    """Every vendored file is the one that was published, and no page names another address."""
    vendor = STATIC / "vendor"
    listed = {
        vendor / name: digest
        for one in json.loads((vendor / "VENDOR.json").read_text(encoding="utf-8"))
        for name, digest in one["files"].items()
    }
    for path, digest in listed.items():
        if sha256(path.read_bytes()).hexdigest() != digest:
            raise ValueError(f"{path.name} is not the file that was published")
    ours = [path for path in STATIC.parent.rglob("*") if path.suffix in (".html", ".js", ".css") and path not in listed]
    for path in ours:
        if re.search(r"https?://", path.read_text(encoding="utf-8")):
            raise ValueError(f"{path.name} names an address elsewhere")
    return str(len(listed) + len(ours))


def _pages(address: str) -> str:
    """Every page is answered in both languages."""
    pages = ["/?", *(f"/{page}?scenario={STORIES[0]}&" for page in ("stage", "compare", "debrief", "notes"))]
    for page in pages:
        for language in LANGUAGES:
            _get(f"{address}{page}lang={language}")
    return str(len(pages))


def _story(address: str, token: str, story: str) -> str:
    """A story is begun with few worlds; how long that took."""
    began = time.perf_counter()
    asked = json.dumps({"scenario": story, "changes": {"replicates": FEW_WORLDS}}).encode()
    headers = {"content-type": "application/json", "x-innomotor-token": token}
    with urlopen(Request(f"{address}/api/runs", asked, headers), timeout=120) as answer:  # noqa: S310 our own server
        answer.read()
    return f"{story} {time.perf_counter() - began:.1f} s"


def _browser() -> str:
    """The browser that will be opened, or another that is installed."""
    try:
        return str(getattr(webbrowser.get(), "name", ""))
    except webbrowser.Error:
        if (found := pdf.printer()) is None:
            raise ValueError("no browser was found") from None
        return found


def _get(address: str) -> str:
    with urlopen(address, timeout=60) as answer:  # noqa: S310 our own server
        return str(answer.read().decode())


@contextmanager
def _server() -> Iterator[tuple[str, Callable[[], str]]]:
    """A server of its own on a free port: its address, and how its pages' token is read."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application(), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    try:
        yield address, lambda: re.findall(r'innomotor-token" content="([^"]+)', _get(address))[0]
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def _nobody_else(called: list[str]) -> Iterator[None]:
    """Refuses to connect to any other machine meanwhile, and writes down who was to be called."""
    connect = socket.socket.connect

    def at_home(self: socket.socket, address: Any) -> None:
        host = str(address[0]) if isinstance(address, tuple) else ""
        if host and host not in safety.LOCAL:
            called.append(host)
            raise OSError(f"{host} is another machine")
        connect(self, address)

    socket.socket.connect = at_home  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        socket.socket.connect = connect  # type: ignore[method-assign]

"""``innomotor workshop``: the pages in a browser, on this machine and without internet."""

from __future__ import annotations

import secrets
import socket
import threading
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import LangOption, texts_in

if TYPE_CHECKING:
    from studio.texts import Texts


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        name="workshop",
        help="Show the dynamics in a browser, on this machine and without internet.",
        epilog="Example: innomotor workshop --port 8000",
    )(workshop)


def workshop(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes a free port.")] = 0,
    host: Annotated[str, typer.Option(help="Open to the room: an address of this machine. Guests type a code.")] = "",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Tell whether this machine can show it offline.")] = False,
    lang: LangOption = None,
) -> None:
    """Serve the pages until Ctrl-C."""
    try:
        import uvicorn  # noqa: PLC0415 only here

        from studio.web import app, safety  # noqa: PLC0415
    except ImportError as missing:
        found = f"the pages need {missing.name}"
        raise UserMistakes(Mistake("workshop", found, "Write pip install 'innomotor[web]'.")) from missing
    if check:
        _check(texts_in(lang))
        return
    address = host or "127.0.0.1"
    listening = _listening(address, port)
    code = secrets.token_hex(3) if host and host not in safety.LOCAL else None
    hosts = frozenset({*safety.LOCAL, address})
    url = f"http://{address}:{listening.getsockname()[1]}/"
    typer.echo(url if code is None else f"{url} {code}")
    server = uvicorn.Server(uvicorn.Config(app.application(hosts, code), log_level="warning", access_log=False))
    if not no_open:
        threading.Timer(0.5, webbrowser.open, (url,)).start()
    server.run(sockets=[listening])


def _check(texts: Texts) -> None:
    """Every finding as it comes; exit code 1 where something is missing."""
    from studio.web import self_check  # noqa: PLC0415 loads the server

    lacking = False
    for finding in self_check.findings():
        lacking |= not finding.ok
        said = texts(f"web.check.{finding.check}" if finding.ok else "web.check.lacks", detail=finding.detail)
        typer.echo(f"{'✓' if finding.ok else '✗'} {said}")
    typer.echo(texts("web.check.no" if lacking else "web.check.yes"))
    if lacking:
        raise typer.Exit(1)


def _listening(address: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        UserMistakes: the address or the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((address, port))
    except OSError as error:
        found.close()
        told = f"{address}:{port} cannot be listened on ({error.strerror})"
        raise UserMistakes(Mistake("--port", told, "Choose another port, or 0 for any that is free.")) from error
    return found

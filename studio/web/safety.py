"""What is refused: other hosts, requests that this server's own pages did not make, and what is too large."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Content security policy: nothing inline, nothing evaluated, nothing from elsewhere."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}

MOST_BYTES = 1_000_000
"""A longer request is refused [bytes]."""

LOCAL = ("127.0.0.1", "localhost", "::1", "[::1]")

Next = Callable[[Request], Awaitable[Response]]


class Guard:
    """Every answer carries the policy; every POST needs this start's token, its own origin and a modest size."""

    def __init__(self, app: ASGIApp, token: str, hosts: frozenset[str], code: str | None = None) -> None:
        """A guard around the pages.

        Args:
            app: what is guarded.
            token: of this start; pages carry it and send it back.
            hosts: names under which the server may be asked.
            code: what a guest types once when the server is open to the room; None on the own machine.
        """
        self.app, self.token, self.hosts, self.code = app, token, hosts, code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        await (refusal or self.app)(scope, _bounded(receive), _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = _name(headers.get("host", ""))
        if host not in self.hosts:
            return PlainTextResponse("Unknown host", 400)
        if self.code is not None and scope["path"] not in ("/join", "/healthz") and not self._joined(scope):
            return Response(status_code=303, headers={"location": "/join"})
        return self._of_post(scope, headers, host) if scope["method"] == "POST" else None

    def _of_post(self, scope: Scope, headers: Headers, host: str) -> Response | None:
        """Why a request that changes or computes something is not answered."""
        if int(headers.get("content-length") or 0) > MOST_BYTES:
            return JSONResponse({"mistakes": ["The request is too large."]}, 413)
        origin = headers.get("origin")
        if origin is not None and _name(origin.partition("://")[2]) != host:
            return PlainTextResponse("Foreign origin", 403)
        given = headers.get("x-innomotor-token", "")
        if scope["path"] != "/join" and not same(given, self.token):
            return PlainTextResponse("The page is from an earlier start. Load it anew.", 403)
        return None

    def _joined(self, scope: Scope) -> bool:
        return same(Request(scope).cookies.get("innomotor_code", ""), self.code or "")


def same(given: str, expected: str) -> bool:
    """Whether a secret is the expected one, in the same time wherever they differ; any text may be given."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _name(host: str) -> str:
    """A host without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] if ":" in host else host


def _bounded(receive: Receive) -> Receive:
    """Stops reading after as many bytes as a request may have, whatever it says of its length."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            return {"type": "http.disconnect"}
        return message

    return bounded


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending

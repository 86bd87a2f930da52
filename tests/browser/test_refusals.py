"""What the pages' server refuses, and that it goes on."""

from __future__ import annotations

import http.client
import json
import socket
import time
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest


def posted(site: str, body: bytes, path: str = "/api/runs", **headers: str) -> tuple[int, str]:
    """Status and text of a POST that no page made."""
    there = http.client.HTTPConnection(urlsplit(site).netloc, timeout=120)
    with closing(there):
        there.request("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = there.getresponse()
        return answer.status, answer.read().decode()


@pytest.fixture
def token(watched: Any) -> str:
    """This start's token, as a page has it."""
    watched.page.goto(f"{watched.site}/")
    return str(watched.page.locator('meta[name="innomotor-token"]').get_attribute("content"))


def test_only_the_own_pages_may_ask(site: str, token: str) -> None:
    """Without the token, from another origin, under another name or with too much: refused."""
    asked = json.dumps({"scenario": "smallest"}).encode()
    assert posted(site, asked)[0] == 403
    another = "é"
    assert posted(site, asked, X_Innomotor_Token=another)[0] == 403
    assert posted(site, asked, X_Innomotor_Token=token, Origin="http://elsewhere.example")[0] == 403
    assert posted(site, asked, X_Innomotor_Token=token, Host="elsewhere.example")[0] == 400
    assert posted(site, b"0" * 1_100_000, X_Innomotor_Token=token)[0] == 413
    assert posted(site, asked, X_Innomotor_Token=token)[0] == 200


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"{", 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b"[]", 422, "Write one of"),
        (b'{"scenario": "../secret"}', 422, "there is no '../secret'"),
        (b'{"scenario": "smallest", "changes": {"plugins": {"x": {}}}}', 422, "plugins"),
        (b'{"scenario": "smallest", "changes": {"months": 1000000000}}', 422, "months"),
        (b'{"scenario": "smallest", "changes": {"parameters": {"peer_influense": 1}}}', 422, "peer_influence"),
        (b'{"scenario": "smallest", "changes": {"events": [{"month": 1, "<script>": {}}]}}', 422, "events"),
    ],
)
def test_a_bad_request_is_told_and_kills_nothing(site: str, token: str, content: bytes, status: int, told: str) -> None:
    """Each mistake is named, and the server answers the next."""
    found = posted(site, content, X_Innomotor_Token=token)
    assert found[0] == status, found
    assert told in json.loads(found[1])["mistakes"][0]
    assert posted(site, b'{"scenario": "smallest"}', X_Innomotor_Token=token)[0] == 200


def test_every_answer_carries_the_policy(watched: Any) -> None:
    """Nothing inline, nothing from elsewhere, on every kind of answer."""
    for address in ("/", "/stage?scenario=smallest", "/static/stage.js", "/nowhere"):
        answer = watched.page.request.get(watched.site + address)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    "content",
    [
        b'{"files": {"x.yaml": 1}}',
        b'{"files": []}',
        b"{}",
        json.dumps({"files": {"x.yaml": "a: " + "[" * 5000}}).encode(),
        json.dumps({"files": {"x.yaml": "months: 1e999"}}).encode(),
        json.dumps({"files": {"../../x.yaml": "title: x"}}).encode(),
    ],
)
def test_a_bad_file_is_told_and_kills_nothing(site: str, token: str, content: bytes) -> None:
    """The same guard as for files on the command line."""
    found = posted(site, content, "/api/open", X_Innomotor_Token=token)
    assert found[0] == 422, found
    assert json.loads(found[1])["mistakes"]
    assert posted(site, b'{"scenario": "smallest"}', X_Innomotor_Token=token)[0] == 200


def test_a_run_that_is_left_is_cancelled(site: str, token: str) -> None:
    """A connection that is closed ends its work: the next question does not wait for it."""
    large = {"scenario": "self_monitoring", "changes": {"months": 240, "goal": None}}
    body = json.dumps({**large, "changes": {"months": 240, "replicates": 20}}).encode()
    place = urlsplit(site)
    for _ in range(2):  # as many as are worked on at once
        left = socket.create_connection((place.hostname, place.port))
        head = f"POST /api/runs HTTP/1.1\r\nHost: {place.netloc}\r\nX-Innomotor-Token: {token}\r\n"
        left.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        time.sleep(1.0)
        left.close()
    assert posted(site, b'{"scenario": "smallest"}', X_Innomotor_Token=token)[0] == 200

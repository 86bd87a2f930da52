"""A PDF of a page, printed by an installed Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PATIENCE = 90
"""The printer is given up after so long [s]."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
_USUAL = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
_CALM = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-pdf-header-footer",
)


class NotPrintedError(Exception):
    """Why there is no PDF: ``missing`` or ``failed``."""


def printer() -> str | None:
    """The Chromium that is installed, or None; the variable INNOMOTOR_CHROMIUM names another."""
    named = os.environ.get("INNOMOTOR_CHROMIUM")
    if named is not None:
        return shutil.which(named)
    found = (shutil.which(name) for name in (*_NAMES, *_USUAL))
    return next((path for path in found if path is not None), None)


def write(page: Path, file: Path) -> None:
    """Print a page that needs nothing else, whole or not at all.

    Args:
        page: an HTML file.
        file: the PDF; an earlier one is replaced.

    Raises:
        NotPrintedError: no Chromium is installed, or it does not print.
    """
    program = printer()
    if program is None:
        raise NotPrintedError("missing")
    with tempfile.TemporaryDirectory(prefix="innomotor-") as folder:
        made = Path(folder) / "page.pdf"
        command = [
            program,
            *_CALM,
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={made}",
            page.resolve().as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has no sandbox for the administrator; the page has no script
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)  # noqa: S603 no shell
        except (OSError, subprocess.SubprocessError) as error:
            raise NotPrintedError("failed") from error
        if not made.exists() or not made.read_bytes().startswith(b"%PDF"):
            raise NotPrintedError("failed")
        beside = file.with_name(f".{file.name}.making")
        shutil.copyfile(made, beside)
        beside.replace(file)


def of_text(html: str, file: Path) -> None:
    """Print a page that is not in a file yet.

    Raises:
        NotPrintedError: no Chromium is installed, or it does not print.
    """
    with tempfile.TemporaryDirectory(prefix="innomotor-") as folder:
        page = Path(folder) / "page.html"
        page.write_text(html, encoding="utf-8")
        write(page, file)

"""Options that several commands share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from studio.texts import Texts


class Lang(StrEnum):
    """A language of the texts."""

    sv = "sv"
    en = "en"


LangOption = Annotated[
    Lang | None, typer.Option("--lang", help="Language of tables and report; by default the locale's.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object and nothing else.")]


def texts_in(lang: Lang | None) -> Texts:
    """The texts in the chosen language, or the locale's."""
    from studio import texts  # noqa: PLC0415 not needed for --help

    return texts.load(lang.value if lang is not None else texts.preferred(os.environ))


def print_json(content: Mapping[str, Any]) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")

"""Options that several commands share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes

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

POLICY = ("--only-trusted", "--skip-faulty", "--trace-hooks")
"""On plugins; any command takes them, wherever they stand."""
_TRACE = "INNOMOTOR_TRACE_HOOKS"
TraceOption = Annotated[bool, typer.Option("--trace-hooks", help="Print every call of a plugin's hook to stderr.")]
OnlyTrustedOption = Annotated[
    bool,
    typer.Option("--only-trusted", help="Refuse plugins that `innomotor plugins trust` has not recorded as they are."),
]
SkipFaultyOption = Annotated[bool, typer.Option("--skip-faulty", help="Go on without a plugin that is at fault.")]


def plugin_policy(*, only_trusted: bool, trace_hooks: bool, skip_faulty: bool) -> None:
    """Keep to it in this process and in those that it starts."""
    for name, on in (("INNOMOTOR_ONLY_TRUSTED", only_trusted), (_TRACE, trace_hooks)):
        if on:
            os.environ[name] = "1"
    if skip_faulty:
        from studio.cli.faulty import skips_faulty  # noqa: PLC0415

        skips_faulty()


def hooks_are_traced() -> bool:
    """Whether every call of a hook is to be printed."""
    return bool(os.environ.get(_TRACE))


def policy_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with those on plugins, which any command takes, before the command's own.

    >>> policy_first(["run", "x.yaml", "--skip-faulty"])
    ['--skip-faulty', 'run', 'x.yaml']
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    ours, rest = arguments[:end], arguments[end:]
    return [*(one for one in ours if one in POLICY), *(one for one in ours if one not in POLICY), *rest]


def texts_in(lang: Lang | None) -> Texts:
    """The texts in the chosen language, or the locale's."""
    from studio import texts  # noqa: PLC0415 not needed for --help

    return texts.load(lang.value if lang is not None else texts.preferred(os.environ))


def print_json(content: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """One JSON object, or one list of them, on stdout."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def write_file(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    beside = file.with_name(f".{file.name}.making")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        found = f"{file} cannot be written ({error.strerror})"
        raise UserMistakes(Mistake("--out", found, "Choose another place.")) from error

"""Groups of commands that are loaded when one of them is called, so that help is quick."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
import typer.core

LATE = {"portfolio": "studio.cli.portfolio"}
"""Where each late group is found, as ``app``."""

HELP = {"portfolio": "Steer a portfolio of initiatives: rank, choose within the limits, test in the clinics, decide."}


class Lazily(typer.core.TyperGroup):
    """Commands, some of which are loaded when they are called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments ask for."""
        if args and args[0] in LATE:
            group = typer.main.get_command(import_module(LATE[args[0]]).app)
            self.commands[args[0]] = group
        return super().resolve_command(ctx, args)


def add_to(app: typer.Typer) -> None:
    """Add a place for each late group, with its help."""
    for name in LATE:
        app.add_typer(typer.Typer(name=name, help=HELP[name]))

"""Going on without a plugin that is at fault, where the user wants that."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import typer

from sim.errors import PluginFault
from sim.metrics import Comparison
from sim.plugin_host import calls
from studio.texts import Texts

_SKIPPED = "INNOMOTOR_SKIPPED_PLUGINS"
Answer = TypeVar("Answer")


class Skipping:
    """Which plugins are done without, and why that is told."""

    def __init__(self, texts: Texts, *, skip: bool) -> None:
        """Begin with those that an earlier start of this very command had to leave.

        Args:
            texts: words in the user's language.
            skip: go on without a faulty plugin; otherwise a fault ends the command.
        """
        self._texts, self._skip = texts, skip
        self.without = frozenset(filter(None, os.environ.get(_SKIPPED, "").split(",")))
        if skip:
            calls.when_stuck = self._start_anew

    def tried(self, attempt: Callable[[frozenset[str]], Answer]) -> Answer:
        """The attempt's answer, with one plugin after another left out until none is at fault.

        Raises:
            PluginFault: a plugin is at fault, and faulty plugins are not to be skipped.
        """
        while True:
            try:
                return attempt(self.without)
            except PluginFault as fault:
                if not self._skip or fault.plugin in self.without:
                    raise PluginFault(
                        fault.plugin,
                        fault.hook,
                        fault.found,
                        part=fault.part,
                        month=fault.month,
                        remedy="" if self._skip else self._texts("cli.skip_advice"),
                    ) from fault
                typer.echo(self._texts("cli.skipped", name=fault.plugin, found=fault), err=True)
                self.without |= {fault.plugin}

    def noted(self, comparison: Comparison) -> Comparison:
        """The comparison, with what it was made without."""
        if not self.without:
            return comparison
        return replace(comparison, provenance={**comparison.provenance, "skipped_plugins": sorted(self.without)})

    def _start_anew(self, call: calls.Call) -> None:
        """A plugin that cannot be interrupted: the same command from the beginning, without it."""
        fault = call.fault(f"has run for more than {calls.time_limit():g} seconds")
        print(self._texts("cli.skipped", name=call.plugin, found=fault), file=sys.stderr, flush=True)  # noqa: T201
        environment = {**os.environ, _SKIPPED: ",".join(sorted(self.without | {call.plugin}))}
        os.execve(sys.executable, [sys.executable, "-m", "studio.cli", *sys.argv[1:]], environment)  # noqa: S606

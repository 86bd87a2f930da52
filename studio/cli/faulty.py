"""Going on without a plugin that is at fault, where the user wants that (``--skip-faulty`` with any command)."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from sim.errors import PluginFault
from studio import texts

if TYPE_CHECKING:
    from sim.plugin_host import calls


def skips_faulty() -> None:
    """From now on a plugin that cannot be interrupted makes the process start anew without it."""
    from sim.plugin_host import calls  # noqa: PLC0415 slow to load, and other commands do not need it

    os.environ["INNOMOTOR_SKIP_FAULTY"] = "1"
    calls.when_stuck = _start_anew


def left_behind(fault: PluginFault) -> bool:
    """Whether the command begins again without the plugin, which is then told and left out from now on."""
    from sim.plugin_host import discovery  # noqa: PLC0415

    if not os.environ.get("INNOMOTOR_SKIP_FAULTY") or fault.plugin in discovery.left_out():
        return False
    _leave_out(fault)
    return True


def advised(fault: PluginFault) -> PluginFault:
    """The fault, with what the user may do about it."""
    remedy = "" if os.environ.get("INNOMOTOR_SKIP_FAULTY") else _words()("cli.skip_advice")
    return PluginFault(fault.plugin, fault.hook, fault.found, part=fault.part, month=fault.month, remedy=remedy)


def _leave_out(fault: PluginFault) -> None:
    from sim.plugin_host import discovery  # noqa: PLC0415

    print(_words()("cli.skipped", name=fault.plugin, found=fault), file=sys.stderr, flush=True)  # noqa: T201
    os.environ[discovery.WITHOUT] = ",".join(sorted(discovery.left_out() | {fault.plugin}))


def _start_anew(call: calls.Call) -> None:
    """A plugin that cannot be interrupted: the same command from the beginning, without it."""
    from sim.plugin_host import calls  # noqa: PLC0415

    _leave_out(call.fault(f"has run for more than {calls.time_limit():g} seconds"))
    os.execv(sys.executable, [sys.executable, "-m", "studio.cli", *sys.argv[1:]])  # noqa: S606


def _words() -> texts.Texts:
    return texts.load(texts.preferred(os.environ))

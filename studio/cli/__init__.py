"""The command line: ``innomotor run | compare | sweep | results | calibrate | forecast | sensitivity | explain | …``.

Exit codes: 0 done, 1 failed, 2 the user's mistake, 3 busy, 130 interrupted. Messages go to stderr, one per line,
without tracebacks (set INNOMOTOR_DEBUG=1 to see one). Whatever is slow to load is loaded by the command that needs it.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from sim.errors import InnomotorError, PluginFault, UserMistakes
from studio.cli import (
    calibrate,
    check,
    compare,
    facts,
    forecast,
    lazily,
    plugins,
    results,
    run,
    sensitivity,
    sweep,
    workshop,
)
from studio.cli.options import OnlyTrustedOption, SkipFaultyOption, TraceOption, plugin_policy, policy_first

DONE, FAILED, MISTAKE, BUSY, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(
    name="innomotor",
    cls=lazily.Lazily,
    help="See how an innovation will spread in health care before the money is spent.",
    epilog="Example: innomotor run self_monitoring --lang sv",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
run.add_to(app)
compare.add_to(app)
check.add_to(app)
sweep.add_to(app)
results.add_to(app)
calibrate.add_to(app)
forecast.add_to(app)
sensitivity.add_to(app)
facts.add_to(app)
plugins.add_to(app)
lazily.add_to(app)
workshop.add_to(app)

_AMOUNT = re.compile(r"^[-+]?[\d.]")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end the process with its exit code.

    Args:
        arguments: what follows ``innomotor``; by default the process's own arguments.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_code(given))


@app.callback(invoke_without_command=True)
def _innomotor(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
    only_trusted: OnlyTrustedOption = False,
    skip_faulty: SkipFaultyOption = False,
    trace_hooks: TraceOption = False,
) -> None:
    plugin_policy(only_trusted=only_trusted, skip_faulty=skip_faulty, trace_hooks=trace_hooks)
    if version:
        from sim.store.version import engine_version  # noqa: PLC0415 not needed by most commands

        typer.echo(f"innomotor {engine_version()}")
        raise typer.Exit


def _code(arguments: list[str]) -> int:
    """Run a command and turn whatever happens into an exit code and a message."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # an end from outside is as clean as Ctrl-C
    try:
        code = _run(policy_first(equal_budget_joined(arguments)))
        sys.stdout.flush()
    except UserMistakes as mistakes:
        return _told(str(mistakes), MISTAKE)
    except InnomotorError as error:
        return _told(str(error), BUSY if type(error).__name__ == "BusyError" else FAILED)
    except (KeyboardInterrupt, typer.Abort):
        return _told(_interrupted(), INTERRUPTED)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # a user never sees a traceback
        return _unexpected(error)
    return _ended(code)


def _run(arguments: list[str]) -> object:
    """A command's answer; where faulty plugins are skipped, it begins again without each that is at fault."""
    while True:
        try:
            return app(args=arguments, prog_name="innomotor", standalone_mode=False)
        except PluginFault as fault:
            from studio.cli.faulty import advised, left_behind  # noqa: PLC0415

            if not left_behind(fault):
                raise advised(fault) from fault


def _ended(code: object) -> int:
    """The exit code of a command; typer has turned an interruption into a code without a word."""
    if code == INTERRUPTED:
        return _told(_interrupted(), INTERRUPTED)
    return code if isinstance(code, int) else DONE


def equal_budget_joined(arguments: Sequence[str]) -> list[str]:
    """The arguments with ``--equal-budget`` and its amount as one word, ``auto`` where it stands alone.

    >>> equal_budget_joined(["--equal-budget", "24000000", "x.yaml"])
    ['--equal-budget=24000000', 'x.yaml']
    >>> equal_budget_joined(["--equal-budget", "x.yaml"])
    ['--equal-budget=auto', 'x.yaml']
    """
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--equal-budget":
            amount = (
                _AMOUNT.match(argument) and not argument.endswith((".yaml", ".yml")) and not Path(argument).exists()
            )
            joined[-1] = f"--equal-budget={argument if amount else 'auto'}"
            if amount:
                continue
        joined.append(argument)
    if joined and joined[-1] == "--equal-budget":
        joined[-1] = "--equal-budget=auto"
    return joined


def _unexpected(error: Exception) -> int:
    """What is not the user's mistake, and the command line's own usage errors."""
    format_message = getattr(error, "format_message", None)  # a usage error, wherever this version of typer keeps it
    if format_message is not None:
        message = " ".join(format_message().split()).rstrip(".")
        message += "" if message.endswith(("?", "!")) or not message else "."
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "innomotor"
        return _told(f"{command}: {message} Try '{command} --help'.", MISTAKE) if message else MISTAKE
    if os.environ.get("INNOMOTOR_DEBUG"):
        raise error
    kind = type(error).__name__
    return _told(f"innomotor: unexpected {kind}: {error}. Set INNOMOTOR_DEBUG=1 and report what it shows.", FAILED)


def _interrupted() -> str:
    from studio import texts  # noqa: PLC0415

    return texts.load(texts.preferred(os.environ))("cli.interrupted")


def _told(message: str, code: int) -> int:
    sys.stdout.flush()
    print(message, file=sys.stderr)  # noqa: T201
    return code

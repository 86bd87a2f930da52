"""``innomotor portfolio …``: from a list of initiatives to a decision."""

from __future__ import annotations

import typer

from studio.cli.portfolio import choose, decide, follow, journals, rank, report, trial, voi, workbook

_app = typer.Typer(
    name="portfolio",
    help="Steer a portfolio of initiatives: rank, choose within the limits, test in the clinics, decide.",
    epilog="Example: innomotor portfolio rank portfolio_exempelregion --lang sv",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rank.add_to(_app)
choose.add_to(_app)
trial.add_to(_app)
voi.add_to(_app)
workbook.add_to(_app)
decide.add_to(_app)
follow.add_to(_app)
journals.add_to(_app)
report.add_to(_app)


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)

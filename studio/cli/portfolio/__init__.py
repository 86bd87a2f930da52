"""``innomotor portfolio …``: from a list of initiatives to a decision."""

from __future__ import annotations

import typer

from studio.cli.lazily import HELP
from studio.cli.portfolio import choose, decide, follow, journals, rank, report, trial, voi, workbook

app = typer.Typer(
    name="portfolio",
    help=HELP["portfolio"],
    epilog="Example: innomotor portfolio rank portfolio_exempelregion --lang sv",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rank.add_to(app)
choose.add_to(app)
trial.add_to(app)
voi.add_to(app)
workbook.add_to(app)
decide.add_to(app)
follow.add_to(app)
journals.add_to(app)
report.add_to(app)

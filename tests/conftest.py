"""What all tests share: the Hypothesis profile, the option that refreshes golden files, and what was left out."""

from __future__ import annotations

import secrets
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

TESTS = Path(__file__).parent
sys.path[:0] = [
    str(TESTS),
    str(TESTS.parent),
]  # `import builders` and `from tests import synthetic`, wherever pytest starts

settings.register_profile(
    "ci", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", settings.get_profile("ci"), phases=[Phase.explicit, Phase.generate])  # no shrinking
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """One command refreshes every golden file."""
    parser.addoption("--refresh-golden", action="store_true", help="write the golden results anew")
    parser.addoption(
        "--changed", metavar="NAME[=VALUE]", help="a mechanism taken away or a default moved: do the tests notice?"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take a part of the model away, or move a default, under all tests (`make evidence`)."""
    if change := config.getoption("--changed"):
        name, _, value = change.partition("=")
        if value:
            _move(name, float(value))
        else:
            _take_away(name)


def _move(name: str, value: float) -> None:
    from sim import evidence  # noqa: PLC0415 - nothing of the model is loaded in an ordinary run

    defaults = dict(evidence.defaults())
    defaults[name] = replace(defaults[name], value=value)
    evidence.defaults = lambda: defaults  # type: ignore[assignment]


def _take_away(name: str) -> None:
    from sim import builtin  # noqa: PLC0415

    part = next(p for p in [*builtin.innomotor_mechanisms(), *builtin.innomotor_actors()] if p.name == name)
    part.wanted = classmethod(lambda cls, scenario: False)  # type: ignore[method-assign, assignment]


@pytest.fixture(autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a store of answers of its own, so that none is answered from another's."""
    monkeypatch.setenv("INNOMOTOR_STORE", str(tmp_path_factory.getbasetemp() / "stores" / secrets.token_hex(8)))


@pytest.fixture
def refresh_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written rather than compared."""
    return bool(request.config.getoption("--refresh-golden"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what a passing test had to leave out (it calls ``record_property("left_out", ...)``)."""
    reports = terminalreporter.getreports("passed")
    left_out = [
        (report.nodeid, what) for report in reports for name, what in report.user_properties if name == "left_out"
    ]
    left_out += [(report.nodeid, str(report.longrepr)) for report in terminalreporter.getreports("skipped")]
    if left_out:
        terminalreporter.section("left out")
        for where, what in left_out:
            terminalreporter.line(f"{where}: {what}")

"""What the README shows is what happens."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    return tmp_path


def test_every_command_line_of_the_readme_runs(copy):
    """A newcomer who types what the README shows gets what it promises, line by line."""
    lines = [line.split("#")[0].strip() for block in blocks("bash") for line in block.splitlines()]
    for line in filter(None, lines):
        words = shlex.split(line)
        if words[0] == "make":
            subprocess.run(
                [str(shutil.which("make")), "--dry-run", words[1]], cwd=ROOT, check=True, capture_output=True
            )
            continue
        command = [sys.executable, "-m", "studio.cli", *words[1:]] if words[0] == "innomotor" else words
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, (line, done.stderr)
    assert (copy / "my_results" / "report.html").stat().st_size > 100_000
    assert (copy / "scenario.schema.json").exists()


def test_the_notebook_lines_of_the_readme_run(copy, monkeypatch, capsys):
    """The Python that the README shows prints tables and reasons."""
    monkeypatch.chdir(copy)
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - the README's own lines
    printed = capsys.readouterr().out
    assert "median" in printed
    assert "region_line" in printed


def test_the_map_names_what_is_there():
    """Every file and folder in the map of the code exists, and no folder of code is left out of it."""
    places = re.findall(r"`((?:sim|studio|scenarios|tests|bench)[\w/.]*)`", README)
    assert all((ROOT / place).exists() for place in places), [p for p in places if not (ROOT / p).exists()]
    packages = {f"{path.parent.relative_to(ROOT)}/" for path in (ROOT / "sim").glob("*/__init__.py")}
    assert packages | {"studio/", "bench/", "scenarios/", "tests/"} <= set(places) | {"sim/data/"}
    assert (ROOT / "scenarios" / "self_monitoring.png").exists()

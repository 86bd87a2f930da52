"""The same bits on every Python that is promised, each with the Mesa that it brings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMISED = ("3.11", "3.12", "3.13")
OTHERS = [version for version in PROMISED if version != f"{sys.version_info[0]}.{sys.version_info[1]}"]


def interpreter(version: str) -> Path | None:
    """A Python of this version that runs: on the path, or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    on_path = shutil.which(f"python{version}")
    for candidate in [*sorted(pyenv.glob(f"{version}.*/bin/python")), *([Path(on_path)] if on_path else [])]:
        asked = [str(candidate), "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
        if answer.stdout.strip() == version:
            return candidate
    return None


def environment(version: str, base: Path) -> Path:
    """An environment of this version with what innomotor needs, made anew when that changes."""
    folder = ROOT / f".venv-{version}"
    rests_on = sha256(b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")))
    mark = folder / rests_on.hexdigest()
    if not mark.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([base, "-m", "venv", folder], check=True)
        pip = [
            folder / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-compile",
        ]
        what = ["--constraint", ROOT / "constraints.txt", "--editable", ROOT, "pytest", "hypothesis"]
        subprocess.run([*pip, *what], check=True, cwd=ROOT)
        mark.touch()
    return folder / "bin" / "python"


@pytest.mark.parametrize("version", OTHERS)
def test_golden_results_are_the_same_on_another_python(
    version: str, record_property: Callable[[str, object], None]
) -> None:
    """The golden tier passes there as well, with Mesa 3.3 on Python 3.11 and 3.5 from 3.12 on."""
    base = interpreter(version)
    if base is None:
        record_property("left_out", f"golden results on Python {version}, which this machine lacks")
        return
    python = environment(version, base)
    asked = [python, "-m", "pytest", "tests/golden", "-p", "no:cacheprovider", "--import-mode=importlib"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PYTEST"))}
    golden = subprocess.run(asked, cwd=ROOT, env=clean, capture_output=True, text=True, check=False)
    assert golden.returncode == 0, golden.stdout + golden.stderr
    told = [python, "-c", "import json, mesa, numpy; print(json.dumps([mesa.__version__, numpy.__version__]))"]
    mesa, _ = json.loads(subprocess.run(told, capture_output=True, text=True, check=True).stdout)
    assert mesa.startswith("3.3." if version == "3.11" else "3.5.")

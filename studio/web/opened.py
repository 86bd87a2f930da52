"""Scenarios and portfolios that somebody opened on a page: kept by the hash of what they say until innomotor ends."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from threading import Lock

from portfolio import file as portfolio_file
from sim import scenario_file
from sim.errors import Mistake, UserMistakes
from studio.criteria import brought

MOST_KEPT = 40
"""Opened scenarios that are kept; the one that was used the longest ago goes first."""
MOST_FILES = 9
"""Files that may be opened together: the scenario, what it extends, and the list of its clinics."""
_INITIATIVES = re.compile(r"^initiatives\s*:", re.MULTILINE)
_KINDS = (".yaml", ".yml", ".csv")


class Opened:
    """Files in a folder of their own, read by the same guard as any other scenario file."""

    def __init__(self) -> None:
        """Nothing is open."""
        self._folder = Path(tempfile.mkdtemp(prefix="innomotor-opened-"))
        self._kept: OrderedDict[str, Path] = OrderedDict()
        self._lock = Lock()
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def keep(self, files: Mapping[str, str]) -> str:
        """The name under which the scenario can be asked for.

        Args:
            files: texts by file name; the one that lists initiatives is a portfolio, else the first YAML file is the
                scenario; the others lie beside it.

        Raises:
            UserMistakes: what is wrong with the files.
        """
        main = _main(files)
        name = "opened-" + sha256(repr(sorted(files.items())).encode()).hexdigest()[:16]
        folder = self._folder / name
        with self._lock:
            folder.mkdir(exist_ok=True)
            for file, text in files.items():
                (folder / file).write_text(text, encoding="utf-8")
        try:
            read(folder / main)
        except UserMistakes as told:
            shutil.rmtree(folder, ignore_errors=True)
            raise UserMistakes(_without_folder(one, folder) for one in told.mistakes) from None
        self._remember(name, folder / main)
        return name

    def _remember(self, name: str, path: Path) -> None:
        with self._lock:
            self._kept[name] = path
            self._kept.move_to_end(name)
            while len(self._kept) > MOST_KEPT:
                shutil.rmtree(self._kept.popitem(last=False)[1].parent, ignore_errors=True)

    def get(self, name: str) -> Path | None:
        """The file that was opened under that name, if it is still kept."""
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)


def read(file: Path) -> None:
    """Read a scenario or a portfolio by the guard of its kind.

    Raises:
        UserMistakes: what is wrong with it.
    """
    if is_portfolio(file):
        portfolio_file.read(file, brought)
    else:
        scenario_file.read(file)


def is_portfolio(file: Path) -> bool:
    """Whether a file lists initiatives.

    Raises:
        UserMistakes: it cannot be read safely.
    """
    return "initiatives" in scenario_file.said(file)


def _main(files: Mapping[str, str]) -> str:
    """The file that is the scenario; refuses what is not a plain name of a YAML or CSV file."""
    bad = [name for name in files if not _plain(name)]
    if bad:
        raise UserMistakes(Mistake("file", f"{bad[0][:80]!r}", "Open files that end in .yaml, .yml or .csv."))
    if len(files) > MOST_FILES:
        raise UserMistakes(Mistake("file", f"{len(files)} files at once", f"Open at most {MOST_FILES}."))
    yaml = [name for name in files if not name.endswith(".csv")]
    main = next((name for name in yaml if _INITIATIVES.search(files[name])), yaml[0] if yaml else None)
    if main is None:
        raise UserMistakes(Mistake("file", "there is no scenario among the files", "Open a .yaml file."))
    return main


def _plain(name: str) -> bool:
    return (
        name.endswith(_KINDS)
        and Path(name).name == name
        and "\\" not in name
        and name.isprintable()
        and len(name) < 200
    )


def _without_folder(mistake: Mistake, folder: Path) -> Mistake:
    """The same without the name of a folder that nobody knows."""
    file = None if mistake.file is None else mistake.file.replace(f"{folder}/", "")
    return Mistake(mistake.place, mistake.found.replace(f"{folder}/", ""), mistake.remedy, file, mistake.line)

"""Plugins as an outside author would write them, each a package in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from textwrap import dedent, indent

from sim.plugin_host import discovery
from sim.plugin_host.discovery import Plugin

_NUMBER = count()
IMPORTS = """
import random
import time
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from sim.api import *
"""


def mechanism(body: str, reads: str = "", writes: str = "", more: str = "") -> str:
    """A plugin whose one mechanism, `part`, does this to every innovation in month 2."""
    return (
        dedent(f"""
        class Part(Mechanism):
            '''Does what it should not.'''

            name = "part"
            phase = Phase.ACCOUNT
            reads = frozenset({reads.split()!r})
            writes = frozenset({writes.split()!r})

            def __call__(self, world: World) -> None:
                '''In month 2.'''
                if world.month != 2:
                    return
                for spread in world.present:
        """)
        + indent(dedent(body).strip(), " " * 12)
        + dedent(f"""

        {more}

        @hookimpl
        def innomotor_mechanisms():
            '''The one.'''
            return [Part]
        """)
    )


@contextmanager
def plugin(folder: Path, code: str, parameters: str = "", **files: str) -> Iterator[Plugin]:
    """The plugin, to be found as if it were installed; its name is another every time."""
    name = f"outside{next(_NUMBER)}"
    root = folder / name
    package = root / f"package_{name}"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(f'"""A plugin of a test."""\n{IMPORTS}\n{code}', encoding="utf-8")
    if parameters:
        (package / "parameters.yaml").write_text(parameters, encoding="utf-8")
    for file, content in files.items():
        (package / f"{file}.yaml").write_text(content.replace("NAME", name), encoding="utf-8")
    (root / "README.md").write_text("# A plugin of a test\n", encoding="utf-8")
    (root / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "1.2"\n[project.entry-points.innomotor]\n{name} = "package_{name}"\n',
        encoding="utf-8",
    )
    with discovery.beside(root) as found:
        yield found

"""The portfolio's door for plugins, one typed page; studio adds it to the engine's.

A plugin marks its function `hookimpl(optionalhook=True)`, since the engine alone does not know this hook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pluggy
from numpy.typing import NDArray

from portfolio.board import Criterion

PROJECT = "innomotor"
hookspec = pluggy.HookspecMarker(PROJECT)

ValueModel = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From scores on a criterion to value on [0, 1], same shape, rising or falling throughout."""


@dataclass(frozen=True)
class Criteria:
    """What a plugin adds to the board's judgement."""

    gates: Sequence[str] = ()
    """Further must-requirements, asked of every initiative after the built-in ones."""
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    """Criteria with a weight each; one that the board's file names too is the file's."""
    value_models: Mapping[str, ValueModel] = field(default_factory=dict)
    """By criterion: its value function, in place of straight lines between points."""


class Hooks:
    """The hooks; each is called once when a portfolio that names the plugin is read."""

    @hookspec
    def innomotor_criteria(self) -> Criteria:  # type: ignore[empty-body]
        """Gates, criteria and value models that hold where a portfolio names the plugin under ``plugins:``."""

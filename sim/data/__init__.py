"""Figures that the engine carries with it, each with its source in ``README.md`` beside them."""

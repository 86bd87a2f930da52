"""Figures for a board's decision: one file per figure, a table in, an Axes out; no language, no pyplot.

They share the look of the engine's figures (``sim.figures.appearance``). Import the file that you need.
"""

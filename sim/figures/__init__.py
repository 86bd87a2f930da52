"""Figures for a board: one file per figure, a table in, an Axes out; no language, no pyplot, no global state.

``adoption_curves``, ``reach_depth``, ``stages`` and ``cost_use`` draw; ``appearance`` is what they have in common,
``numbers`` writes numbers as a language does, ``files`` saves. Import the file
that you need: matplotlib is slow to load.
"""

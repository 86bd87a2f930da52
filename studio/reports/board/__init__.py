"""The board's report: one page for the decision, then the evidence, in the order of a board pack.

``pack`` gathers the results, ``grid`` is a table for page and Excel alike, the parts of the page each stand in a file,
``page`` writes HTML, PDF and Excel.
"""

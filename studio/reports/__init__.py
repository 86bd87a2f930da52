"""Reports: one self-contained page for those who decide, and its figures as files.

``answer`` says it in sentences, ``key_figures`` in tables, ``pictures`` in figures, ``grounds`` what it rests on;
``page`` puts them together. Nothing here computes anything that is not in the comparison.
"""

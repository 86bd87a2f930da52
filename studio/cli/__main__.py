"""``python -m studio.cli``: the same as ``innomotor``."""

from studio.cli import main

main()

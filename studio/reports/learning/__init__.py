"""Reports of what was learnt: from observed figures, of where a roll-out is heading, of which assumptions matter."""

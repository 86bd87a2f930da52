"""Where an ongoing roll-out is heading, given what has been seen of it.

``from_here`` says what each strategy would mean from now on, ``conditioned`` follows the simulations that resemble what
was seen to the end under each of them, ``baselines`` are the simple forecasts that ours has to beat, ``scores`` say
by how much.
"""

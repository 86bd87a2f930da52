"""What observed adoption says of the parameters: a posterior from one table of simulations, and a check of it.

``table`` draws the parameters from their ranges and simulates each draw, ``statistics`` makes a few numbers of a
series, ``abc`` finds the simulations that resemble the observation, ``posterior`` says what they have in common and how
weakly that is known, ``checking`` asks the same of series whose parameters are known.
"""

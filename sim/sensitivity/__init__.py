"""Which assumptions matter: on what comes of each strategy, and on which of them is best.

``trials`` runs chosen parameters in the same few worlds, so that two choices differ by the choice alone, and keeps what
it has run; ``screening`` moves every assumption in turn (Morris), ``indices`` share the variance among the strongest
(Sobol), ``flips`` shows where another strategy becomes best, ``asking`` says what knowing each would be worth, and
``study`` puts them in order.
"""

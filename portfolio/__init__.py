"""Steering of a portfolio of initiatives: gates, value, rank, choice under limits, test in the clinics, balance.

Sees how an initiative spreads through its own `Forecast` protocol (`forecast.py`), never the engine; `studio` passes
in an adapter. `api.py` lists what others may import.
"""

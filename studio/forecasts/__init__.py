"""Forecasts for the portfolio: the adapter that lets it see the simulation."""

from studio.forecasts.simulated import SimulatedForecast

__all__ = ["SimulatedForecast"]

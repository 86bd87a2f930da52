"""The terms of the spread model, grouped by the phase of the month in which they act."""

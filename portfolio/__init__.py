"""Portfolio steering: from a list of initiatives to a decision that survives the clinics."""

"""Facts about the shape and the pace of spread: F1, F2, F12, F13, F15, F18, T1."""

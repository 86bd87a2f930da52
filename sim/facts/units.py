"""Facts about units, their time and their people: F10, F11, F16, F17, F19."""

"""The hot loops of the engine, each a pure function on arrays."""

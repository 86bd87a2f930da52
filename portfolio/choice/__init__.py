"""Which initiatives, each how and from when, so that expected value is highest within the limits."""

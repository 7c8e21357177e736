"""One tenant: a key, a clock, and everything that was asked of it and done for it."""

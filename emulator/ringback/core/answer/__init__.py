"""What the endpoint says to a caller, failures that a test ordered among it."""

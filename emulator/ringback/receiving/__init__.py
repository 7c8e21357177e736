"""A receiver that answers what a test says, and remembers what it saw."""

"""The only place that knows what time it is."""

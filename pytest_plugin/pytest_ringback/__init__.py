"""The pytest plugin of Ringback. Its fixtures are in `plugin`."""

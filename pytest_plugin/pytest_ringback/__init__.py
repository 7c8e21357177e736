"""The pytest plugin of Ringback. Its hooks and fixtures are in `plugin`.

The entry point leads here, so that `plugin` has one name in pytest, by whichever of them it was
asked for: its own module's (`-p pytest_ringback.plugin`, or in a conftest), or the entry point's.
"""

pytest_plugins = ("pytest_ringback.plugin",)

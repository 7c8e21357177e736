"""The pytest plugin of Ringback. Its hooks and fixtures are in `plugin`.

The entry point leads here, so that `plugin` has one name in pytest, by whichever of them it was
asked for: its own module's (`-p pytest_ringback.plugin`, or in a conftest), or the entry point's.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addhooks(pluginmanager: "pytest.PytestPluginManager") -> None:
    """Have `plugin` loaded, unless it is.

    `pytest_plugins` would do so, too, but first look for an entry point of that name in every
    package that is installed, which costs each run of pytest two per cent.
    """
    pluginmanager.import_plugin("pytest_ringback.plugin")

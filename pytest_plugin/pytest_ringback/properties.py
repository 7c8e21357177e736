"""hypothesis beside our fixtures."""

from inspect import signature

import pytest

SETTINGS = "_hypothesis_internal_use_settings"
"""Where hypothesis keeps a test's settings, and where its own plugin looks for them."""


def allow_make_ringback(item: pytest.Function) -> None:
    """Say that a property may use `make_ringback`.

    hypothesis warns of fixtures that are made once for all examples. This one makes emulators: a
    new one for each example. If the property has another fixture of that scope it is still warned.
    """
    made = item._fixtureinfo.name2fixturedefs
    used = {
        name
        for name in signature(item.function).parameters
        if name in made and made[name][-1].scope == "function"
    }
    if used != {"make_ringback"}:
        return
    from hypothesis import HealthCheck, settings

    test = getattr(item.obj, "__func__", item.obj)
    current: settings = getattr(test, SETTINGS, None) or settings()
    quiet = [*current.suppress_health_check, HealthCheck.function_scoped_fixture]
    setattr(test, SETTINGS, settings(current, suppress_health_check=quiet))

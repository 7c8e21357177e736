"""What a framework keeps to itself is heard, where it says so at all."""

import sys
from types import ModuleType
from typing import NoReturn

import pytest

from ringback.sending.swallowed import hear


class _NoSignal:
    """Flask's, before 2.3, where blinker is not installed."""

    def connect(self, _hearer: object) -> NoReturn:
        raise RuntimeError("Signalling support is unavailable")


def test_a_flask_without_signals_is_called_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = ModuleType("flask.signals")
    monkeypatch.setattr(signals, "got_request_exception", _NoSignal(), raising=False)
    monkeypatch.setitem(sys.modules, "flask.signals", signals)
    hear(lambda _error: None)

"""Where there is no Django there is no suite of it."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("django") else ["test_*.py"]

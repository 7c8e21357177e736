"""What the suites of the examples share: an option that has an application make a mistake.

python -m pytest examples/fastapi_sqlite --mistake "forgets PUT"
"""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--mistake`."""
    parser.addoption(
        "--mistake",
        action="append",
        help="have the application of the example make this mistake; may be given more than once",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test once for each mistake that was asked for."""
    if "mistake" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--mistake", default=None)
        if wanted:
            metafunc.parametrize("mistake", wanted)


@pytest.fixture
def mistake() -> str | None:
    """The mistake that the application makes; None, unless somebody asks for one."""
    return None

"""The blocks of the pages that need more than the `dev` extra: other packages, other clients."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from ringback import Emulator
from tests.e2e.clients.environments import environment
from tests.e2e.pages.reading import Block, every_block, pages
from tests.e2e.pages.suites import Run, is_suite

pytestmark = pytest.mark.needs_tool

MODULES = {"pytest-socket": "pytest_socket", "vcrpy": "vcr"}
"""What some packages are imported as."""

NEEDS = sorted({name for page in pages() for name in page.needs})

LIMIT = 60
"""Real seconds after which a script has hung."""


@pytest.fixture(scope="module")
def run_of_all(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The files of all pages that need another package, with the plugins that those bring."""
    missing = [name for name in NEEDS if find_spec(MODULES.get(name, name)) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}, of the extra `docs`")
    needing = [page for page in pages() if page.needs]
    folder = tmp_path_factory.mktemp("pages")
    return Run(needing, folder, "asyncio", "respx.plugin", "pytest_socket")


@pytest.mark.parametrize(
    "block", [each for each in every_block() if each.needs and is_suite(each)], ids=str
)
def test_a_suite_that_a_page_shows_passes_beside_its_neighbour(
    block: Block, run_of_all: Run
) -> None:
    run_of_all.check(block)


@pytest.mark.parametrize(
    "block", [each for each in every_block() if "client" in each.marks], ids=str
)
def test_a_script_that_a_page_shows_prints_the_request_id(
    block: Block, ringback: Emulator, tmp_path: Path
) -> None:
    ringback.receiver("https://app.example")
    folder = environment(block.marks["client"])
    script = tmp_path / ("script.cjs" if block.language == "javascript" else "script.py")
    script.write_text(block.text)
    interpreter = "node" if block.language == "javascript" else str(folder / "bin" / "python")
    done = subprocess.run(
        [interpreter, str(script)],
        env={
            "PATH": os.environ["PATH"],
            "NODE_PATH": str(folder / "node_modules"),
            "DEEPGRAM_URL": ringback.url,
            "DEEPGRAM_API_KEY": ringback.api_key,
        },
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.stdout.strip() == ringback.deliveries.only().request_id, done.stderr
    ringback.run_until_idle()

"""The files of pages, written down and run by one pytest."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.e2e.pages.reading import Block, Page

STAGE = (Path(__file__).parent / "readme_stage.py").read_text("utf-8")
"""What the README leaves to its reader: an application in small."""

_SCOPE = "asyncio_default_fixture_loop_scope = function"

_RESULT = re.compile(r"^(\S+?)::(.+?) ([A-Z]+)\b", re.MULTILINE)


def content(block: Block) -> str:
    """What is in the file that *block* is."""
    return (
        STAGE + block.text if (block.page, block.language) == ("README", "python") else block.text
    )


def write(blocks: Iterable[Block], folder: Path) -> None:
    """Write the files that *blocks* are into *folder*; a later one replaces an earlier."""
    for block in blocks:
        path = folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content(block), "utf-8")


def environment(**more: str) -> Mapping[str, str]:
    """What a reader's shell has: our commands, no other plugin, no build server, no proxy."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not _OTHERS.fullmatch(name)}
    return {**kept, "PATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **more}


_OTHERS = re.compile("CI|BUILD_NUMBER|COLUMNS|FORCE_COLOR|PY.*|.*_proxy", re.IGNORECASE)
"""Variables of our surroundings that change what is done or shown."""


class Run:
    """One pytest run of all files of some pages, each page in a folder of its own."""

    def __init__(self, pages: Iterable[Page], folder: Path, *plugins: str) -> None:
        """Run those blocks of *pages* whose needs are met, with *plugins* beside ours."""
        folders = []
        for page in pages:
            files = [block for block in page.blocks if block.file]
            if any(map(is_suite, files)):
                write(files, folder / page.name)
                folders.append(page.name)
        ini = ["[pytest]", f"pythonpath = {' '.join(folders)}", _SCOPE, ""]
        (folder / "pytest.ini").write_text("\n".join(ini))
        options = ["--import-mode=importlib", "-v", "--no-header", "--tb=short"]
        loaded = [f"-p{plugin}" for plugin in ("ringback", "no:cacheprovider", *plugins)]
        self.output = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *loaded, *folders],
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        ).stdout
        self._results: dict[str, list[str]] = {}
        for path, _, result in _RESULT.findall(self.output):
            self._results.setdefault(path, []).append(result)

    def check(self, block: Block) -> None:
        """Assert that all tests in the file that *block* is have passed, and that there are any.

        Its comments may name another result: `<!-- result: SKIPPED -->`.
        A file without tests is a module that tests of its page import.
        """
        results = self._results.get(f"{block.page}/{block.file}")
        assert results, f"{block}: no test of {block.file} was run\n{self.output}"
        expected = block.marks.get("result", "PASSED")
        assert set(results) == {expected}, f"{block}: {block.file}\n{self.output}"


def is_suite(block: Block) -> bool:
    """Whether *block* is a file of tests, a scenario file among them."""
    return Path(block.file).name.startswith("test_") or block.file.endswith(".ringback.yaml")


def is_imported(block: Block, page: Page) -> bool:
    """Whether another block of *page* imports the module that *block* is."""
    module = block.file.removesuffix(".py").replace("/", ".")
    names = re.compile(rf"^\s*(?:from|import) {re.escape(module)}\b|\b{re.escape(module)}:", re.M)
    return module == "conftest" or any(
        names.search(other.text) for other in page.blocks if other is not block
    )

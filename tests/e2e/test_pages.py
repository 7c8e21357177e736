"""The blocks of code of the README and of the documentation do what the pages say."""

import re
import runpy
import tomllib
from pathlib import Path
from unittest.mock import Mock

import pytest

from pytest_ringback.marking import LENIENCIES
from pytest_ringback.plugin import pytest_addoption
from tests.benchmarks import picture as growth
from tests.e2e.pages.commands import check, is_run
from tests.e2e.pages.reading import DOCS, Block, Page, every_block, pages, read
from tests.e2e.pages.suites import Run, is_imported, is_suite

PAGE_OF = {page.name: page for page in pages()}


def blocks(language: str) -> list[Block]:
    """Those blocks of *language* that this environment can run, marked commands apart."""
    return [
        block
        for block in every_block()
        if block.language == language
        and not block.needs
        and not {"client", "command"} & {*block.marks}
    ]


ALONE = "docs/howto/freezers"
"""It freezes time, which libraries that other pages use do not bear."""


SUITES = [block for language in ("python", "yaml") for block in blocks(language) if is_suite(block)]


# One test for a run: blocks that were tests of their own would make every worker run all pages.
@pytest.mark.slow
@pytest.mark.parametrize("alone", [True, False], ids=["freezers", "all other pages"])
def test_every_suite_that_a_page_shows_passes(alone: bool, tmp_path: Path) -> None:
    plain = [
        Page(page.name, tuple(block for block in page.blocks if not block.needs))
        for page in pages()
        if (page.name == ALONE) is alone
    ]
    shown = [block for block in SUITES if (block.page == ALONE) is alone]
    run = Run(plain, tmp_path, "asyncio")  # an async plugin beside ours
    assert shown
    for block in shown:
        run.check(block)


@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_a_command_that_a_page_shows_prints_what_is_shown(block: Block, tmp_path: Path) -> None:
    check(block, PAGE_OF[block.page], tmp_path)


@pytest.mark.parametrize("block", [b for b in blocks("toml") if not b.file], ids=str)
def test_ini_options_that_a_page_shows_are_those_of_the_plugin(
    block: Block, pytestconfig: pytest.Config
) -> None:
    options = tomllib.loads(block.text)["tool"]["pytest"]["ini_options"]
    for name in options:
        pytestconfig.getini(name)  # raises for one that there is not


def test_every_block_of_every_page_is_run() -> None:
    """As a suite, as a module that a suite imports, as a command, or as a client's script."""
    for block in every_block():
        match block.language:
            case "python" | "yaml" if "client" not in block.marks:
                for_a_folder = block.file.endswith("/ringback.defaults.yaml")
                page = PAGE_OF[block.page]
                used = is_suite(block) or is_imported(block, page) or is_run(block, page)
                assert used or for_a_folder, block
            case "sh":
                assert is_run(block, PAGE_OF[block.page]), block
            case "python" | "javascript":
                assert "client" in block.marks, block
            case "console" | "toml" | "text":  # the last is what is shown of somebody's machine
                pass
            case "":
                assert block.page == "README", f"{block}: a picture, or of what language is it?"
            case _:
                pytest.fail(f"{block}: nothing runs blocks of {block.language}")


def test_a_version_of_a_file_is_run_before_the_next_takes_its_place() -> None:
    for page in pages():
        waiting: dict[str, Block] = {}
        for block in page.blocks:
            if block.language == "console":
                waiting.clear()
            elif block.file:
                assert block.file not in waiting, f"{waiting[block.file]} is never run"
                waiting[block.file] = block


WRONG = """\
<!-- file: test_wrong.py -->
```python
def test_wrong(ringback):
    ringback.receiver("https://app.example", replies=[503, 200])
    delivery = ringback.submit("Hello", callback="https://app.example/done")
    ringback.run_until_idle()
    assert delivery.statuses == [200]
```

```console
$ pip install 'ringback[pitest]'
```

```console
$ ringback --version
ringback, version 99
```
"""


def test_a_wrong_example_is_found(tmp_path: Path) -> None:
    page = read("docs/wrong", WRONG)
    suite, install, version = page.blocks
    with pytest.raises(AssertionError, match=r"docs/wrong:2: test_wrong\.py"):
        Run([page], tmp_path).check(suite)
    with pytest.raises(AssertionError, match=r"no extra \{'pitest'\}"):
        check(install, page, tmp_path)
    with pytest.raises(AssertionError, match="shows other lines"):
        check(version, page, tmp_path)


def test_the_pictures_are_what_their_script_draws() -> None:
    folder = DOCS / "pictures"
    drawn = runpy.run_path(str(folder / "timeline.py"))["pictures"]()
    for name, picture in drawn.items():
        assert (folder / name).read_text("utf-8") == picture, "python docs/pictures/timeline.py"


def test_the_pictures_of_growth_are_drawn_from_the_figures_beside_them() -> None:
    for name, picture in growth.pictures().items():
        drawn = (DOCS / "pictures" / name).read_text("utf-8")
        assert drawn == picture, "python -m tests.benchmarks.picture --only-draw"


def test_the_page_on_pytest_names_every_keyword_of_the_marker_and_every_option() -> None:
    text = (DOCS / "reference" / "pytest.md").read_text("utf-8")
    parser = Mock()
    pytest_addoption(parser)
    options = [call.args[0] for call in parser.addini.call_args_list]
    options += [
        "=".join([call.args[0], *filter(None, [call.kwargs.get("metavar")])])
        for call in parser.getgroup.return_value.addoption.call_args_list
    ]
    for kind, keyword in LENIENCIES.items():
        assert re.search(rf"^\| `{kind}` \| .+ \| `{keyword}` \|$", text, re.MULTILINE), kind
    for option in options:
        assert re.search(rf"^\| `{re.escape(option)}` \| .+ \| .+ \|$", text, re.MULTILINE), option

"""The page, in a real browser: live, by keyboard, and harmless whatever a receiver answers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ringback import Client, Emulator, Reply, Settings, render_page

pytestmark = pytest.mark.needs_tool

APP, DONE = "https://app.example", "https://app.example/done"
HOSTILE = "<img src=x onerror=\"document.title='owned'\"></script><script>alert(1)</script>"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def ringback() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


Show = Callable[..., Any]


@pytest.fixture
def show(browser: Any) -> Iterator[Show]:
    """Open a page; at the end it must have asked no other host, and complained of nothing."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def show(url: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        own = (url.split("/_ringback")[0], "blob:")

        def asked(request: Any) -> None:
            if not request.url.startswith(own):
                wrong.append(request.url)

        def told(message: Any) -> None:
            if message.type == "error" and "status of" not in message.text:
                wrong.append(message.text)

        page.on("request", asked)
        page.on("console", told)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.goto(url)
        return page

    yield show
    for context in contexts:
        context.close()
    assert wrong == []


def home(ringback: Emulator) -> str:
    return f"{ringback.url}/_ringback/"


def story(emulator: Emulator) -> None:
    """A delivery on its third attempt, and one that waits for its second."""
    # playwright has a loop running in this thread, in which no verb may block.
    ringback = Client(emulator.url, emulator.api_key)
    ringback.receiver(APP, replies=[503, "timeout", 204])
    ringback.receiver(
        "https://other.example", replies=[Reply(500, headers={"x": HOSTILE}, body=HOSTILE)]
    )
    ringback.submit("Hello", callback="https://ada:s3cret@app.example/done", callback_method="put")
    ringback.run_until_idle()
    lost = ringback.submit("World", callback="https://other.example/done")
    ringback.fault_next(lost, "answer lost")
    ringback.advance(5)


def rows(page: Any) -> list[str]:
    return [" ".join(row.split()) for row in page.locator("#list button").all_inner_texts()]


def said(page: Any, selector: str, text: str) -> None:
    """Wait until an element says exactly this."""
    page.wait_for_function(
        "([where, text]) => document.querySelector(where)?.textContent === text",
        arg=[selector, text],
    )


# -- what it shows ---------------------------------------------------------------------------------


def test_an_empty_emulator_shows_the_one_line_to_try(ringback: Emulator, show: Show) -> None:
    page = show(home(ringback))
    page.wait_for_selector("#empty:visible")
    assert page.inner_text("#try").startswith(f"curl -X POST '{ringback.url}/v1/speak?callback=")


def test_deliveries_come_live_the_newest_first(ringback: Emulator, show: Show) -> None:
    page = show(home(ringback))
    page.wait_for_selector("#empty:visible")
    story(ringback)
    page.wait_for_function("() => document.querySelectorAll('#list button').length === 2")
    page.wait_for_function(
        "() => document.querySelector('#list .statuses').textContent === 'answer lost'"
    )
    assert rows(page) == [
        "scheduled POST https://other.example/done +70 s answer lost",
        "delivered PUT https://app.example/done +0 s 503 · timeout · 204",
    ]
    assert "next due +100 s · 1 pending" in page.inner_text("#clock")


def test_one_delivery_shows_attempts_rules_and_the_picture(ringback: Emulator, show: Show) -> None:
    story(ringback)
    page = show(home(ringback))
    page.click("#list button >> nth=1")
    page.wait_for_selector("#one details")
    assert page.locator("#one svg title").text_content() == (
        "+0s PUT 503, +30s PUT timeout, +70s PUT 204: delivered"
    )
    assert page.locator("#one svg .lasting").count() == 1
    page.click("#one details >> nth=1")
    told = page.inner_text("#one details >> nth=1")
    assert "attempt-limit (assumed)" in told
    assert "An attempt has 10 s in all" in told
    assert "s3cret" not in page.content()


def test_what_a_receiver_answers_is_text_and_nothing_else(ringback: Emulator, show: Show) -> None:
    story(ringback)
    Client(ringback.url, ringback.api_key).advance(60)
    page = show(home(ringback))
    page.click("#list button >> nth=0")
    page.click("#one details >> nth=1")
    page.click("#one details >> nth=1 >> text=Show it")
    page.wait_for_selector("#one pre")
    assert page.inner_text("#one pre") == HOSTILE
    assert HOSTILE in page.inner_text("#one details >> nth=1")
    assert page.title() == "Ringback"
    assert page.locator("#one img").count() == 0


# -- what it does ----------------------------------------------------------------------------------


def test_the_buttons_of_the_clock_move_it(ringback: Emulator, show: Show) -> None:
    ringback.receiver(APP, replies=[503])
    delivery = ringback.submit("Hello", callback=DONE)
    page = show(home(ringback))
    page.wait_for_selector("#list button")
    for text, statuses in (("Settle", 1), ("+30 s", 2), ("Next", 3), ("Run to idle", 11)):
        page.click(f"#verbs >> text={text}")
        page.wait_for_function(
            "(count) => document.querySelector('#list .statuses').textContent.split('·').length"
            " === count",
            arg=statuses,
        )
    assert delivery.state == "exhausted"
    page.select_option("#mode", "auto")
    said(page, "#said", "clock auto")


def test_a_delivery_is_faulted_cancelled_and_sent_again(ringback: Emulator, show: Show) -> None:
    ringback.receiver(APP, replies=[503])
    ringback.submit("Hello", callback=DONE)
    page = show(home(ringback))
    page.click("#list button")
    page.wait_for_selector("text=Fault the next attempt")
    page.select_option("[aria-label='Fault for the next attempt']", "refused")
    page.click("text=Fault the next attempt")
    said(page, "#said", "next attempt: refused")
    page.click("#verbs >> text=Settle")
    page.wait_for_selector("#one summary >> text=refused")
    page.click("#one >> text=Cancel")
    page.wait_for_selector("#one .cancelled")
    page.click("#one >> text=Resend")
    page.wait_for_function("() => document.querySelectorAll('#list button').length === 2")
    assert ringback.deliveries[0].reason == "cancelled on the page"
    assert ringback.deliveries[1].state == "scheduled"


def test_the_audio_is_played(ringback: Emulator, show: Show) -> None:
    story(ringback)
    page = show(home(ringback))
    page.click("#list button >> nth=0")
    page.click("text=Listen")
    page.wait_for_selector("audio[src^='blob:']")
    page.wait_for_function("() => document.querySelector('audio').readyState >= 1")


@pytest.mark.parametrize(
    ("button", "begins"),
    [
        ("Copy as curl", "curl -X POST 'http://127.0.0.1"),
        ("Copy as pytest", "def test_what_happened(ringback):"),
        ("Copy all as scenario", "# Recorded by Ringback."),
    ],
)
def test_what_happened_is_copied(ringback: Emulator, show: Show, button: str, begins: str) -> None:
    story(ringback)
    page = show(home(ringback))
    page.click("#list button >> nth=1")
    page.click(f"text={button}")
    page.wait_for_selector("#copied pre")
    assert page.inner_text("#copied pre").startswith(begins)


def several_ends(emulator: Emulator) -> None:
    """Deliveries that end in every way, and such as have not ended."""
    story(emulator)
    ringback = Client(emulator.url, emulator.api_key)
    ringback.submit("Hello", callback="https://nowhere.example/done")
    given_up = ringback.submit("Hello", callback="https://other.example/done")
    ringback.advance(40)
    ringback.cancel(given_up, "nobody waits")
    ringback.submit("Hello", callback="https://other.example/done")


@pytest.mark.parametrize("place", range(5))
def test_the_copied_pytest_test_passes(ringback: Emulator, show: Show, place: int) -> None:
    several_ends(ringback)
    page = show(home(ringback))
    page.click(f"#list button >> nth={place}")
    page.click("text=Copy as pytest")
    page.wait_for_selector("#copied pre")
    scope: dict[str, Any] = {}
    exec(page.inner_text("#copied pre"), scope)
    with Emulator() as other:
        scope["test_what_happened"](Client(other.url, other.api_key))


def test_on_a_narrow_screen_a_rule_has_all_of_its_width(ringback: Emulator, show: Show) -> None:
    story(ringback)
    page = show(home(ringback), viewport={"width": 380, "height": 800})
    page.click("#list button >> nth=1")
    page.click("#one details >> nth=0")
    rule, around = page.locator("#one dd").first, page.locator("#one dl").first
    assert rule.bounding_box()["width"] == around.bounding_box()["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == 380


def test_it_is_walked_by_keyboard(ringback: Emulator, show: Show) -> None:
    story(ringback)
    page = show(home(ringback))
    page.wait_for_selector("#list button >> nth=1")
    page.focus("#list button >> nth=0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    said(page, "#detail-title", "PUT https://app.example/done")


# -- many, and others ------------------------------------------------------------------------------


def test_ten_thousand_deliveries_stay_usable(show: Show) -> None:
    with Emulator(Settings(retries=0)) as ringback:
        ringback.receiver(APP)
        for number in range(10_000):
            ringback.submit("Hello", callback=f"{APP}/done/{number}")
        page = show(home(ringback))
        page.wait_for_function(
            "() => document.getElementById('count').textContent === '(10000)'", timeout=60_000
        )
        assert page.locator("#list button").count() == 200
        page.fill("#find", "done/1234")
        assert rows(page)[-1].endswith("no attempt yet")
        assert page.inner_text("#count") == "(1 of 10000)"
        page.fill("#find", "")
        page.click("#more")
        assert page.locator("#list button").count() == 400


def test_the_emulator_of_a_key_is_chosen(show: Show) -> None:
    with Emulator() as one:
        page = show(home(one))
        page.wait_for_selector("#empty:visible")
        page.fill("#key", "not-this-one")
        page.click("#who >> text=Show")
        page.wait_for_selector("#said.bad")
        assert "this key is no emulator's here" in page.inner_text("#said")
        page.fill("#key", one.api_key)
        page.click("#who >> text=Show")
        said(page, "#said", "")


def test_the_report_is_the_same_page_with_its_data_in_one_file(
    ringback: Emulator, browser: Any, tmp_path: Path
) -> None:
    import httpx

    story(ringback)
    Client(ringback.url, ringback.api_key).advance(30)
    answer = httpx.get(f"{ringback.url}/_ringback/export?format=html")
    file = tmp_path / "report.html"
    file.write_text(answer.text, "utf-8")
    context = browser.new_context()
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.goto(file.as_uri())
    page.wait_for_selector("#one details")
    assert len(rows(page)) == 2
    page.click("#one details >> nth=1")
    assert HOSTILE in page.inner_text("#one details >> nth=1")
    assert asked == [file.as_uri()]
    assert page.locator("#verbs").is_hidden()
    context.close()


def test_a_report_of_failing_tests_shows_each_by_a_click(
    ringback: Emulator, browser: Any, tmp_path: Path
) -> None:
    from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]
        Axe,
    )

    story(ringback)
    shown = ringback.snapshot()
    tests = [
        {"test": "test_a.py::test_one", "text": HOSTILE, **shown},
        {"test": HOSTILE, "text": "assert 1 == 2", **shown, "deliveries": shown["deliveries"][:1]},
    ]
    file = tmp_path / "report.html"
    file.write_text(render_page({"tests": tests}), "utf-8")
    context = browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda request: wrong.append(request.url))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("#one details")
    assert page.inner_text("#failures") == "(2)"
    assert page.inner_text("#why") == HOSTILE
    assert len(rows(page)) == 2
    page.click("#tests button >> nth=1")
    said(page, "#why", "assert 1 == 2")
    assert len(rows(page)) == 1
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert wrong == [file.as_uri()]
    file.write_text(render_page({"tests": []}), "utf-8")
    page.goto(file.as_uri())
    said(page, "#why", "No test failed.")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_pictures_of_the_documentation_are_of_today(
    ringback: Emulator, show: Show, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    story(ringback)
    view = {"width": 1180, "height": 820}
    page = show(home(ringback), color_scheme=scheme, viewport=view)
    page.click("#list button >> nth=1")
    page.wait_for_selector("#one details")
    page.click("#one details >> nth=1")
    found = Axe().run(page)
    assert [each["id"] for each in found.response["violations"]] == [], json.dumps(
        found.response["violations"], indent=1
    )[:3000]
    picture = PICTURES / f"page-{scheme}.png"
    if not picture.exists():
        page.screenshot(path=picture)
    assert picture.read_bytes().startswith(b"\x89PNG")

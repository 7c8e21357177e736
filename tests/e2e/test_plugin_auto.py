"""The fixtures with a clock that drives itself: what a test's end waits for, and what it tells."""

import pytest

from tests.e2e.suites import run

pytest_plugins = ["pytester"]

AUTO = "import pytest\npytestmark = pytest.mark.ringback(clock='auto')\n"


def test_a_test_may_end_before_its_callbacks_have_come(pytester: pytest.Pytester) -> None:
    suite = """
def test_nobody_waits(ringback):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body"})
    ringback.connect("https://app.example", app)
    ringback.submit("Hello", callback="https://app.example/done")

@pytest.mark.asyncio
async def test_of_a_coroutine(async_ringback):
    async_ringback.receiver("https://app.example", [500, 200])
    delivery = async_ringback.submit("Hello", callback="https://app.example/done")
    await async_ringback.run_until_idle()
    assert delivery.offsets == [0, 30]
"""
    run(pytester, AUTO + suite).assert_outcomes(passed=2)


def test_what_it_raises_on_the_way_fails_the_test(pytester: pytest.Pytester) -> None:
    suite = """
def test_of_a_chain(ringback):
    async def echo(scope, receive, send):
        ringback.submit("Again", callback="https://echo.example")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})
    ringback.connect("https://echo.example", echo)
    ringback.submit("Hello", callback="https://echo.example")

def test_of_a_crash(ringback):
    async def app(scope, receive, send):
        raise ZeroDivisionError("it divides")
    ringback.connect("https://app.example", app)
    ringback.submit("Hello", callback="https://app.example/done")

@pytest.mark.ringback(clock="auto", guard=0.1)
def test_of_a_hung_one(ringback):
    import asyncio
    async def app(scope, receive, send):
        await asyncio.Event().wait()
    ringback.connect("https://app.example", app)
    ringback.submit("Hello", callback="https://app.example/done")
"""
    result = run(pytester, AUTO + suite, "-rE")
    result.assert_outcomes(passed=3, errors=3)
    result.stdout.fnmatch_lines(
        [
            "*Runaway: at +0s callbacks keep causing callbacks*",
            "*ZeroDivisionError: it divides*",
            "*Stuck: nothing moved for 0.1 real seconds*",
        ]
    )

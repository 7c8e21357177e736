"""The plugin's fixtures: whose emulator it is, how it is set up, and what is refused."""

import socket

import pytest

from tests.e2e.suites import run

pytest_plugins = ["pytester"]


# -- a test's own emulator -------------------------------------------------------------------------


def test_an_application_is_answered_and_called_back(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(ringback):
    receiver = ringback.receiver(APP, replies=[503, 204])
    assert speak(ringback) == 200
    ringback.run_until_idle()
    assert ringback.deliveries.only().timeline == ["+0s POST 503", "+30s POST 204"]
    assert receiver.requests[1].headers["dg-token"] == ringback.key_id
"""
    run(pytester, suite).assert_outcomes(passed=1)


def test_every_test_begins_at_zero_with_nothing_connected(pytester: pytest.Pytester) -> None:
    suite = """
@pytest.mark.ringback(allow_unrouted=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_story(ringback, turn):
    assert ringback.clock.elapsed == 0
    assert len(ringback.deliveries) == len(ringback.requests) == 0
    ringback.submit("Hello", callback=HOOK)
    ringback.step()
    assert ringback.deliveries.only().statuses != [204], "the receiver of another test answered"
    ringback.receiver(APP, replies=[204])
    ringback.run_until_idle()
    assert ringback.deliveries.only().statuses[-1] == 204
"""
    run(pytester, suite).assert_outcomes(passed=2)


def test_one_server_serves_every_test(pytester: pytest.Pytester) -> None:
    suite = """
urls = set()

@pytest.mark.parametrize("turn", [1, 2, 3])
def test_story(ringback, ringback_server, turn):
    urls.add(ringback.url)
    assert urls == {ringback_server.url}
"""
    run(pytester, suite).assert_outcomes(passed=3)


def test_every_test_has_a_key_of_its_own(pytester: pytest.Pytester) -> None:
    suite = """
keys = []

def test_one(ringback):
    keys.append((ringback.api_key, ringback.key_id))

def test_other(ringback):
    keys.append((ringback.api_key, ringback.key_id))
    (one_key, one_id), (other_key, other_id) = keys
    assert one_key != other_key
    assert one_id != other_id

@pytest.mark.ringback(allow_unknown_keys=True)
def test_late(ringback):
    assert speak(ringback, key=keys[0][0]) == 401
"""
    run(pytester, suite).assert_outcomes(passed=3)


def test_ids_repeat_from_run_to_run(pytester: pytest.Pytester) -> None:
    suite = """
import pathlib

@pytest.mark.parametrize("turn", [1, 2])
def test_story(ringback, make_ringback, turn):
    ringback.receiver(APP)
    delivery = ringback.submit("Hello", callback=HOOK)
    ringback.run_until_idle()
    with open("ids.txt", "a") as file:
        print(ringback.key_id, make_ringback().key_id, delivery.request_id, file=file)
"""
    runs = []
    for _ in range(2):
        run(pytester, suite).assert_outcomes(passed=2)
        file = pytester.path / "ids.txt"
        runs.append(file.read_text())
        file.unlink()

    assert runs[0] == runs[1]
    ids = runs[0].split()
    assert len(set(ids)) == len(ids) == 6


def test_the_emulators_of_one_test_are_strangers_to_each_other(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(ringback, make_ringback):
    third = make_ringback()
    all_three = [ringback, make_ringback(), third]
    assert len({each.api_key for each in all_three}) == 3
    assert len({each.key_id for each in all_three}) == 3
    for each in all_three:
        each.receiver(APP)
        assert speak(each) == 200
        each.run_until_idle()
    assert len({each.deliveries.only().request_id for each in all_three}) == 3
"""
    run(pytester, suite).assert_outcomes(passed=1)


def test_emulators_that_were_made_end_with_the_test(pytester: pytest.Pytester) -> None:
    suite = """
from ringback import ClockClosed

made = []

def test_make(make_ringback):
    made.extend([make_ringback(retries=0), make_ringback(clock="x100")])
    assert made[0].settings.retries == 0

def test_ended():
    for emulator in made:
        with pytest.raises(ClockClosed):
            emulator.settle()
"""
    run(pytester, suite).assert_outcomes(passed=2)


def test_an_emulator_that_fails_to_end_keeps_no_other_from_its_end(
    pytester: pytest.Pytester,
) -> None:
    suite = """
from ringback import ClockClosed, Emulator

made = []

def test_make(monkeypatch, make_ringback):
    def close(emulator, really=Emulator.close):
        really(emulator)
        assert emulator is not made[1], "it ended badly"

    monkeypatch.setattr(Emulator, "close", close)
    made.extend([make_ringback(), make_ringback(), make_ringback()])

def test_ended():
    for emulator in (made[0], made[2]):
        with pytest.raises(ClockClosed):
            emulator.settle()
"""
    result = run(pytester, suite)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["E       AssertionError: it ended badly"])


@pytest.mark.parametrize(
    "suite",
    [
        """
class TestStories:
    def test_one(self, ringback):
        assert ringback.clock.elapsed == 0

    @pytest.mark.parametrize("number", [1, 2])
    def test_more(self, ringback, number):
        assert ringback.clock.elapsed == 0
""",
        """
import unittest

class Stories(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _begin(self, ringback):
        self.ringback = ringback

    def test_one(self):
        assert self.ringback.clock.elapsed == 0

    def test_two(self):
        self.ringback.receiver(APP)
        assert speak(self.ringback) == 200
        self.ringback.run_until_idle()

    @pytest.mark.ringback(retries=1)
    def test_three(self):
        assert self.ringback.settings.retries == 1
""",
        """
def test_one(request):
    assert request.getfixturevalue("ringback").clock.elapsed == 0

@pytest.mark.usefixtures("ringback")
def test_two():
    pass

@pytest.mark.parametrize("face", ["ringback", "async_ringback"])
def test_more(request, face):
    assert request.getfixturevalue(face).clock.elapsed == 0
""",
    ],
    ids=["class", "unittest", "requested by name"],
)
def test_tests_of_every_shape_take_the_fixture(pytester: pytest.Pytester, suite: str) -> None:
    result = run(pytester, suite)
    outcomes = result.parseoutcomes()
    assert set(outcomes) == {"passed"}
    assert outcomes["passed"] >= 3


# -- settings --------------------------------------------------------------------------------------

OVERRIDE = """
import pytest
from ringback import Settings

@pytest.fixture{scope}
def ringback_settings({base}):
    return {settings}
"""


NEW = ("", "Settings(retries=1)")
CHANGED = ("ringback_settings", "ringback_settings.changed(retries=1)")


@pytest.mark.parametrize(
    ("place", "scope", "settings"),
    [
        ("module", "", NEW),
        ("module", "(scope='module')", CHANGED),
        ("conftest", "", CHANGED),
        ("conftest", "(scope='session')", NEW),
    ],
)
def test_settings_are_overridden_by_a_fixture_of_the_same_name(
    pytester: pytest.Pytester, place: str, scope: str, settings: tuple[str, str]
) -> None:
    override = OVERRIDE.format(scope=scope, base=settings[0], settings=settings[1])
    suite = """
def test_story(ringback, async_ringback, make_ringback):
    for emulator in (ringback, async_ringback, make_ringback()):
        assert emulator.settings.retries == 1
    assert make_ringback(retries=2).settings.retries == 2
"""
    if place == "module":
        result = run(pytester, override + suite)
    else:
        result = run(pytester, suite, conftest=override)
    result.assert_outcomes(passed=1)


def test_the_closest_marker_wins_over_the_others_and_over_the_fixture(
    pytester: pytest.Pytester,
) -> None:
    suite = """
pytestmark = pytest.mark.ringback(retries=1, retry_delay=5)

@pytest.fixture(scope="session")
def ringback_settings():
    return Settings(retries=9, processing_time=2)

@pytest.mark.ringback(retries=2, seed=7)
class TestStories:
    @pytest.mark.ringback(retries=3)
    def test_method(self, ringback):
        assert ringback.settings.retries == 3
        assert ringback.settings.retry_delay == 5
        assert ringback.settings.processing_time == 2
        assert ringback.settings.seed == 7

    def test_class(self, ringback):
        assert ringback.settings.retries == 2

def test_module(ringback):
    assert ringback.settings.retries == 1

@pytest.mark.parametrize(
    "retries", [pytest.param(4, marks=pytest.mark.ringback(retries=4))]
)
def test_parameter(ringback, retries):
    assert ringback.settings.retries == retries
"""
    run(pytester, suite).assert_outcomes(passed=4)


FIXED_KEYS = {
    "ini": ("ringback_api_key = 0123abc\n", ""),
    "settings": (
        "",
        OVERRIDE.format(scope="(scope='session')", base="", settings="Settings(api_key='0123abc')"),
    ),
}


@pytest.mark.parametrize(("ini", "conftest"), FIXED_KEYS.values(), ids=FIXED_KEYS)
def test_a_fixed_key_is_every_tests_and_the_rest_is_new(
    pytester: pytest.Pytester, ini: str, conftest: str
) -> None:
    suite = """
KEY = "0123abc"  # as an application reads its own, once, when it is imported

@pytest.mark.ringback(allow_pending=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_story(ringback, turn):
    assert ringback.api_key == KEY
    assert ringback.clock.elapsed == 0
    ringback.advance(5)
    assert speak(ringback, key=KEY) == 200
    assert len(ringback.deliveries) == 1

def test_async(async_ringback):
    assert async_ringback.api_key == KEY
"""
    run(pytester, suite, ini=ini, conftest=conftest).assert_outcomes(passed=3)


@pytest.mark.parametrize(("ini", "conftest"), FIXED_KEYS.values(), ids=FIXED_KEYS)
def test_a_fixed_key_is_the_first_emulators_alone(
    pytester: pytest.Pytester, ini: str, conftest: str
) -> None:
    suite = """
def test_story(ringback, make_ringback):
    other = make_ringback()
    assert ringback.api_key == "0123abc"
    assert other.api_key != "0123abc"
    assert make_ringback(api_key="4567").api_key == "4567"
"""
    run(pytester, suite, ini=ini, conftest=conftest).assert_outcomes(passed=1)


def test_a_key_that_is_taken_is_refused_and_nobody_is_cut_off(pytester: pytest.Pytester) -> None:
    suite = """
from ringback import Emulator, ServerError

def test_story(ringback, ringback_server):
    twin = Emulator(Settings(api_key=ringback.api_key), server=ringback_server)
    try:
        with pytest.raises(ServerError, match="share one api_key"):
            twin.open()
    finally:
        twin.close()
    ringback.receiver(APP)
    assert speak(ringback) == 200
    ringback.run_until_idle()
"""
    run(pytester, suite).assert_outcomes(passed=1)


def test_the_port_is_fixed_by_an_ini_option(pytester: pytest.Pytester) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    suite = f"""
def test_story(ringback):
    assert ringback.url == "http://127.0.0.1:{port}"
    assert speak(ringback, callback=HOOK) == 200
    ringback.cancel(ringback.deliveries.only(), "seen")
"""
    run(pytester, suite, ini=f"ringback_port = {port}\n").assert_outcomes(passed=1)


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("retris=3", "unknown keyword 'retris'; did you mean 'retries'?"),
        ("allow_pendng=True", "unknown keyword 'allow_pendng'; did you mean 'allow_pending'?"),
        ("retries=-1", "retries is 0 or more, not -1"),
        ("clock='fast'", "clock is 'paused', 'auto', 'real' or 'xN' such as 'x100', not 'fast'"),
        ("strict='no'", "strict is True or False, not 'no'"),
        ("allow_pending=1", "allow_pending is True or False, not 1"),
        ("faults='reset'", "faults must be a list: write faults=['reset']"),
        ("faults=['cut']", "'cut' is no fault of a callback; that is how an answer of the*"),
    ],
)
def test_a_marker_that_means_nothing_fails_its_test_in_one_line(
    pytester: pytest.Pytester, marker: str, message: str
) -> None:
    suite = f"""
@pytest.mark.ringback({marker})
def test_marked():
    pass

def test_other(ringback):
    pass
"""
    result = run(pytester, suite)
    result.assert_outcomes(passed=1, errors=1)  # whether or not it takes a fixture
    result.stdout.fnmatch_lines(
        ["_* ERROR at setup of test_marked _*", f"@pytest.mark.ringback: {message}", "=*"],
        consecutive=True,
    )


def test_a_marker_takes_keywords_only(pytester: pytest.Pytester) -> None:
    suite = """
@pytest.mark.ringback(3, "x100")
def test_marked(ringback):
    pass
"""
    result = run(pytester, suite)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "_* ERROR at setup of test_marked _*",
            "@pytest.mark.ringback takes keywords only, as in @pytest.mark.ringback(retries=3),"
            " not 3, 'x100'",
            "=*",
        ],
        consecutive=True,
    )


@pytest.mark.parametrize(
    ("ini", "message"),
    [
        ("ringback_port = 65536", "ringback_port is a port number, or 0 to pick one, not '65536'"),
        ("ringback_port = -1", "ringback_port is a port number, or 0 to pick one, not '-1'"),
        ("ringback_port = http", "ringback_port is a port number, or 0 to pick one, not 'http'"),
        ("ringback_port =", "ringback_port is a port number, or 0 to pick one, not ''"),
        ("ringback_collect = perhaps", "ringback_collect is true or false: *'perhaps'"),
    ],
)
def test_a_bad_ini_option_is_refused_before_anything_runs(
    pytester: pytest.Pytester, ini: str, message: str
) -> None:
    result = run(pytester, "def test_story(): pass", ini=f"{ini}\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])
    assert "Traceback" not in result.stderr.str()


def test_a_port_in_use_is_told_with_the_option_that_asks_for_it(pytester: pytest.Pytester) -> None:
    suite = """
def test_story(ringback):
    pass
"""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(pytester, suite, ini=f"ringback_port = {port}\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "_* ERROR at setup of test_story _*",
            f"ini option ringback_port: port {port} on 127.0.0.1 is in use; choose another, or 0 to"
            " have one picked",
            "=*",
        ],
        consecutive=True,
    )


def test_settings_that_are_none_are_refused(pytester: pytest.Pytester) -> None:
    suite = """
@pytest.fixture
def ringback_settings():
    return {"retries": 3}

def test_story(ringback):
    pass
"""
    result = run(pytester, suite)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "_* ERROR at setup of test_story _*",
            "fixture ringback_settings must return a ringback.Settings, not {'retries': 3}",
            "=*",
        ],
        consecutive=True,
    )


# -- the settings file -----------------------------------------------------------------------------


def test_the_settings_file_is_read_from_the_root_folder_upward_and_no_variable(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGBACK_RETRIES", "7")
    monkeypatch.setenv("RINGBACK_RETRYS", "7")
    (pytester.path / "ringback.toml").write_text(
        "port = 1\nretries = 2\nretry_delay = 5\n[pytest]\nretries = 1\n[serve]\nclock = 'real'\n"
    )
    suite = """
def test_of_the_file(ringback):
    assert ringback.settings.changed(seed=None) == Settings(retries=1, retry_delay=5)

@pytest.mark.ringback(retries=3)
def test_a_marker_goes_before_it(ringback):
    assert (ringback.settings.retries, ringback.settings.retry_delay) == (3, 5)
"""
    run(pytester, suite).assert_outcomes(passed=2)


def test_a_settings_file_with_a_mistake_fails_the_tests_that_need_it_with_its_line(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / "ringback.toml").write_text("keep = 1\nretrys = 2\n")
    result = run(pytester, "def test_of_the_file(ringback): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*ringback.toml:2: unknown setting 'retrys'; did you mean 'retries'?"]
    )


def test_a_fixture_of_ones_own_takes_the_place_of_the_settings_file(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / "ringback.toml").write_text("retries = 2\n")
    suite = """
@pytest.fixture(scope="session")
def ringback_settings():
    return Settings()

def test_of_the_fixture(ringback):
    assert ringback.settings.retries == 10
"""
    run(pytester, suite).assert_outcomes(passed=1)

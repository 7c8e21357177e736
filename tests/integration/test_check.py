"""`check`: each mistake of a receiver is found by the checks that are there for it."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from ringback import CheckReport, ServerError, SettingsError, Verdict, check
from ringback.checking import telling
from ringback.checking.battery import BATTERY
from ringback.cli.main import main
from tests.integration.checked import AUTH, MISTAKES, Checked, InLetters, wsgi


def checked(app: Checked, **options: Any) -> CheckReport:
    return check(app, **{"path": "/hook", "auth": AUTH, "stored": app.listed, **options})


def failed(report: CheckReport) -> set[str]:
    return {each.name for each in report.failed}


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# -- what is found ---------------------------------------------------------------------------------


def test_a_sound_receiver_passes_every_check() -> None:
    report = checked(Checked())
    assert report.passed
    assert {each.verdict for each in report.results} == {Verdict.PASS}
    assert [each.name for each in report.results] == [each.name for each in BATTERY]


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_by_the_checks_that_are_there_for_it(mistake: str) -> None:
    hangs = mistake == "does not answer the third time"
    report = checked(Checked(mistake), limit=1.5 if hangs else 10)
    assert failed(report) == MISTAKES[mistake], str(report)
    assert not report.passed


def test_names_of_headers_are_sent_in_odd_case() -> None:
    with serving(InLetters) as url:
        report = check(url)
    assert "names-in-odd-case" in failed(report)


def test_there_is_a_mistake_for_each_check() -> None:
    found = set().union(*MISTAKES.values()) | {"names-in-odd-case"}
    assert found == {each.name for each in BATTERY}


def test_a_wsgi_application_is_checked_too() -> None:
    stored: list[str] = []
    report = check(wsgi(stored), auth=AUTH, stored=lambda: list(stored))
    assert report.passed
    beyond = {"chunked-body", "expect-continue"}
    assert {
        each.name for each in report.results if each.verdict is Verdict.NOT_APPLICABLE
    } == beyond


def test_without_stored_a_copy_only_has_to_be_accepted() -> None:
    report = check(Checked("has no idempotency key"), auth=AUTH)
    assert report.passed
    assert report["stores-before-it-answers"].verdict is Verdict.NOT_APPLICABLE
    assert report["same-again"].seen == "the copy: answered 204"


def test_without_auth_nothing_is_said_about_credentials() -> None:
    report = check(Checked("lets everybody in"))
    assert report["missing-credentials"].verdict is Verdict.NOT_APPLICABLE
    assert report["dg-token-alone"].verdict is Verdict.NOT_APPLICABLE


def test_a_receiver_that_goes_by_dg_token_is_told_so_without_credentials() -> None:
    class ByToken(Checked):
        def _lets_in(self, headers: dict[bytes, bytes]) -> bool:
            return headers.get(b"dg-token") == b"mine"

    report = check(ByToken(), dg_token="mine")
    assert failed(report) == {"dg-token-alone"}


# -- what is no receiver ---------------------------------------------------------------------------


def test_where_nobody_listens_it_says_so_and_tries_nothing_more() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        report = check(f"http://127.0.0.1:{taken.getsockname()[1]}/hook")
    assert failed(report) == {"accepts-post"}
    assert "connection refused (is it running?)" in report["accepts-post"].seen
    assert report["accepts-put"].verdict is Verdict.NOT_APPLICABLE
    assert "accepts-put" not in str(report)


def test_what_never_answers_is_given_up_at_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        report = check(f"http://127.0.0.1:{silent.getsockname()[1]}/", limit=0.1)
    assert report["accepts-post"].seen == "did not answer within 0.1 s"


def test_what_speaks_something_else_is_told_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with server.accept()[0] as connection:
                connection.sendall(b"220 mail.example ESMTP\r\n")
                while connection.recv(65536):
                    pass

        thread = threading.Thread(target=greet)
        thread.start()
        report = check(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert report["accepts-post"].seen == "answered what is no HTTP: BadStatusLine"


def test_a_wrong_path_is_said_to_be_one() -> None:
    class Nowhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    with serving(Nowhere) as url:
        report = check(f"{url}/wrong")
    assert report["accepts-post"].seen.startswith("answered 404 (is that where it takes callbacks?")


@pytest.mark.parametrize(
    ("receiver", "options", "message"),
    [
        ("ftp://127.0.0.1", {}, "'ftp' is not supported"),
        ("127.0.0.1:80", {}, "write it as https://host/path"),
        ("http://127.0.0.1", {"path": "/hook"}, "a URL has its path in it"),
        (42, {}, "cannot tell what 42 is"),
        ("https://127.0.0.1", {"ca_file": "/no/such/file"}, "cannot be read"),
    ],
)
def test_what_cannot_be_checked_is_refused(
    receiver: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        check(receiver, **options)


def test_an_application_that_does_not_start_is_told_so() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(ServerError, match="did not start"):
        check(app)


def test_nothing_is_left_running() -> None:
    before = set(threading.enumerate())
    checked(Checked())
    assert set(threading.enumerate()) <= before


# -- the command -----------------------------------------------------------------------------------


class Listing(BaseHTTPRequestHandler):
    """Stores each callback, and lists what it has stored."""

    protocol_version = "HTTP/1.1"
    stored: list[str]

    def do_GET(self) -> None:
        body = json.dumps(self.stored).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.stored.append(self.headers["dg-request-id"])
        self.send_response(204)
        self.send_header("content-length", "0")
        self.end_headers()

    do_PUT = do_POST

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def listing() -> Iterator[str]:
    Listing.stored = []
    with serving(Listing) as url:
        yield url


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["check", *arguments])
    return done.exit_code, done.output


def test_the_command_prints_a_line_a_check_and_exits_with_1_when_one_fails(listing: str) -> None:
    code, said = run(f"{listing}/hook", "--state-url", f"{listing}/state")
    assert code == 1
    assert "FAIL  same-again                the copy: answered 204, and stored twice" in said
    assert "No page promises that a callback comes once. (rule one-success, assumed)" in said


def test_without_a_failure_the_command_exits_with_0(listing: str) -> None:
    code, said = run(f"{listing}/hook", "--format", "json", "--limit", "1")
    report = json.loads(said)
    names = {each["name"] for each in report["results"] if each["verdict"] == "fail"}
    assert names <= {"chunked-body", "expect-continue", "http-1.0"}
    assert code == bool(names)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--auth", "ada"], "write USER:PASSWORD"),
        (["--limit", "0"], "0.1"),
        (["--state-url", "nowhere"], "no URL of a state"),
    ],
)
def test_wrong_options_are_refused(options: list[str], message: str) -> None:
    code, said = run("http://127.0.0.1:9/hook", *options)
    assert code == 2
    assert message in said


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"{}", "JSON list of request ids"), (b"stored: 2", "does not answer with JSON")],
)
def test_a_state_that_is_none_is_said_to_be_none(body: bytes, message: str) -> None:
    class Odd(Listing):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    Odd.stored = []
    with serving(Odd) as url:
        code, said = run(f"{url}/hook", "--state-url", f"{url}/state")
    assert code == 2
    assert message in said


# -- the forms of a report -------------------------------------------------------------------------


def test_a_junit_file_has_a_case_for_each_check() -> None:
    report = checked(Checked("forgets PUT"))
    suite = ET.fromstring(telling.junit(report))
    assert suite.attrib == {
        "name": "ringback check",
        "tests": str(len(BATTERY)),
        "failures": "1",
        "skipped": "0",
    }
    (failure,) = suite.iter("failure")
    assert failure.attrib["message"] == "answered 405"


def test_a_table_for_a_pull_request_keeps_what_a_receiver_says_in_its_cell() -> None:
    report = checked(Checked("forgets PUT"))
    hostile = CheckReport(
        report.receiver,
        [type(report.results[0])("odd", Verdict.FAIL, "<b>|`x`\n| y", "It matters.")],
    )
    assert telling.markdown(hostile).splitlines()[-1] == (
        r"| odd | **fail** | &lt;b>\|\`x\`\n\| y<br>It matters. |"
    )


def test_no_password_is_in_a_report() -> None:
    with serving(InLetters) as url:
        report = check(url.replace("//", "//ada:s3cret@"))
    for form in (str, telling.json_text, telling.junit, telling.markdown):
        assert "s3cret" not in form(report)

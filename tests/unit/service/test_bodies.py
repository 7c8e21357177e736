"""Bodies of audio that are kept while there is room."""

import threading
from collections.abc import Callable

import pytest

from ringback.service.bodies import BODIES, ROOM, Bodies


def made(size: int, log: list[int] | None = None) -> Callable[[], bytes]:
    """Makes a body of so many bytes, and notes that in *log*."""

    def make() -> bytes:
        if log is not None:
            log.append(size)
        return bytes(size)

    return make


def never() -> bytes:
    raise AssertionError("it was there")


def test_equal_keys_share_one_object() -> None:
    bodies = Bodies()
    body = bodies.get(("Hello", 1.0), made(10))
    assert bodies.get(("Hello", 1), never) is body
    assert bodies.find(("Hello", 1)) is body
    assert bodies.find(("Hello", 2)) is None


def test_no_more_is_kept_than_there_is_room_for_however_many_there_are() -> None:
    bodies = Bodies(room=100)
    for key in range(50):
        bodies.get(key, made(30))
        assert bodies.size <= 100
    assert [key for key in range(50) if bodies.find(key) is not None] == [47, 48, 49]
    assert repr(bodies) == "<Bodies [3 of 90 bytes]>"


def test_what_was_asked_for_last_is_kept() -> None:
    bodies = Bodies(room=100)
    for key in ("first", "second", "third"):
        bodies.get(key, made(30))
    bodies.get("first", never)
    bodies.get("fourth", made(30))
    assert bodies.find("second") is None
    assert bodies.find("first") is not None


def test_what_is_larger_than_the_room_is_made_and_drives_nothing_out() -> None:
    bodies = Bodies(room=100)
    small = bodies.get("small", made(10))
    assert len(bodies.get("large", made(101))) == 101
    assert (bodies.find("large"), bodies.find("small")) == (None, small)


def test_nothing_is_kept_after_a_clearing() -> None:
    bodies = Bodies()
    bodies.get("Hello", made(10))
    bodies.clear()
    assert (bodies.size, bodies.find("Hello")) == (0, None)


def test_a_body_is_made_once_however_many_threads_ask() -> None:
    bodies, log = Bodies(room=0), list[int]()
    asked, go = threading.Semaphore(0), threading.Event()
    got: list[bytes] = []

    def make() -> bytes:
        asked.release()
        assert go.wait(60)
        log.append(1)
        return bytes(10)

    def ask() -> None:
        got.append(bodies.get("Hello", make))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    threads[0].start()
    assert asked.acquire(timeout=60)
    waiting = threading.Semaphore(0)

    class Awaited(threading.Event):
        """Says when somebody waits for it."""

        def wait(self, timeout: float | None = None) -> bool:
            waiting.release()
            return super().wait(timeout)

    bodies._making["Hello"].over = Awaited()
    for thread in threads[1:]:
        thread.start()
    for _ in threads[1:]:
        assert waiting.acquire(timeout=60)
    go.set()
    for thread in threads:
        thread.join(10)
    assert (len(log), len(got), len({id(body) for body in got})) == (1, 4, 1)


def test_what_could_not_be_made_is_made_anew() -> None:
    bodies = Bodies()

    def fail() -> bytes:
        raise ValueError("no audio")

    with pytest.raises(ValueError, match="no audio"):
        bodies.get("Hello", fail)
    assert bodies.get("Hello", made(10)) == bytes(10)


def test_a_process_keeps_some_answers_and_not_hundreds_of_megabytes() -> None:
    assert ROOM <= 32 * 1024 * 1024
    for number in range(40):
        BODIES.get(("a test of the room", number), made(ROOM // 8))
    assert BODIES.size <= ROOM
    BODIES.clear()

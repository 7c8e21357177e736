"""What both faces share: they hand everything that does not wait to the service."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from ringback.core.answer.failure import RequestFailureLike
from ringback.core.answer.failures import When
from ringback.core.base.rejection import Rejection
from ringback.core.delivery.fault import FaultLike
from ringback.core.delivery.reply import ReplyLike
from ringback.core.journal import Journal
from ringback.faces.again import Again
from ringback.faces.life import ClockFace
from ringback.receiving.scripted import Receiver
from ringback.service.deliveries import Deliveries
from ringback.service.received import ReceivedRequests
from ringback.service.views import Delivery

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from ringback.audio.repertoire import Identified
    from ringback.scenario.acting.performance import StoryPerformance
    from ringback.scenario.playing import Performance


class SharedFace(Again[ClockFace]):
    """What both faces share: everything that does not move the clock."""

    # -- what a test arranges --------------------------------------------------------------------

    def connect(
        self,
        origin: str,
        to: Any,
        faults: Iterable[FaultLike] = (),
        *,
        lifespan: bool = False,
    ) -> None:
        """Say where callbacks to *origin* lead, or those at and below a path of it.

        The longest path that fits counts, and whoever is there sees the whole path.
        *to* is an ASGI or WSGI application, a base URL (`http://127.0.0.1:49152`) or a receiver.
        *faults*: entry i shapes attempt i + 1 of each delivery to that origin: a word such as
        `"answer lost"`, a `Fault`, a status or `Reply` of somebody in between, None for nothing.
        *lifespan* runs an ASGI application's startup before its first callback, and its shutdown at
        the end. Raises `SettingsError`.
        """
        self._live_service.connect(origin, to, faults, lifespan=lifespan)

    def receiver(
        self,
        origin: str,
        replies: Iterable[ReplyLike] = (200,),
        faults: Iterable[FaultLike] = (),
    ) -> Receiver:
        """Put a scripted receiver at *origin*, or at a path of it. Raises `SettingsError`.

        *replies* are consumed in order of arrival, and the last one repeats: a status, `"timeout"`,
        `"refused"`, `"reset"` or a `Reply`.
        """
        return self._live_service.receiver(origin, replies, faults)

    def submit(
        self,
        text: str,
        *,
        callback: str | None = None,
        content_type: str = "application/json",
        faults: Iterable[FaultLike] = (),
        **parameters: Any,
    ) -> Delivery:
        """Do what a client would do, without one. Raises `Refused` with the service's answer.

        *faults* are for this delivery, one entry for each attempt: it meets no others.
        *parameters* are those of `/v1/speak`; a list repeats one, and None leaves one out. The text
        travels as JSON, or as it is under another *content_type*, such as `text/plain`.
        """
        return self._live_service.submit(text, callback, content_type, parameters, faults)

    def fail_requests(
        self,
        *failures: RequestFailureLike | None,
        when: When | None = None,
    ) -> None:
        """Let the next requests fail, one failure each; None lets one through.

        A failure is a status (402, 403, 429, 5xx …), `"cut"` or `"stalled"` for an answer that
        breaks off, or a `RequestFailure` with all its particulars. Only requests that the service
        would answer meet one; with *when*, only those of them that it says yes to. A stream, whose
        request has no text, is refused or breaks off in its first audio, and never comes late.
        For all requests there is `Settings.request_failure`. Raises `SettingsError`.

        *when* may call the emulator, but for what moves the clock. What it raises, `submit` raises;
        over HTTP its request is answered with 500, and the next verb raises it.
        """
        self._live_service.fail_requests(failures, when)

    def fault_deliveries(self, *faults: FaultLike, when: When | None = None) -> None:
        """Let deliveries meet *faults*, one entry for each attempt, wherever they go.

        With *when* it is those alone to whose request it says yes, else all. A delivery goes by the
        first order that fits it, and meets none of the faults of `connect` and `receiver`; one that
        was submitted with faults of its own meets those alone. Raises `SettingsError`.

        *when* may do what that of `fail_requests` may, and its errors are raised in the same way.
        """
        self._live_service.fault_deliveries(faults, when)

    def cancel(self, delivery: Delivery, reason: str) -> None:
        """Give *delivery* up; an attempt in flight still ends and is recorded.

        Raises `RingbackError` when it has come to an end already, and as every verb that takes a
        delivery does, for one of another emulator or from before `reset`.
        """
        self._live_service.cancel(delivery, reason)

    def fail_job(
        self,
        delivery: Delivery,
        *,
        status: int = 422,
        err_code: str = "UNPROCESSABLE_ENTITY",
        err_msg: str = "Failed to handle request.",
    ) -> None:
        """Have the job of *delivery* fail, though it was acknowledged.

        Its callback brings a JSON object with *err_code* and *err_msg* in place of the audio, or
        never comes, without `Settings.callback_errors`. Other deliveries under the same request id
        bring what they would. *status* is for `callback_status_header`.
        Raises `RingbackError` when an attempt has been begun: `Settings.processing_time` leaves
        time where the clock does not stand still.
        """
        self._live_service.fail_job(delivery, Rejection(status, err_code, err_msg))

    def fault_next(self, delivery: Delivery, fault: FaultLike) -> None:
        """Have *fault* befall the next attempt of *delivery*, whatever else was arranged for it.

        Raises `SettingsError` for what is no fault, `RingbackError` for a delivery that has ended.
        """
        self._live_service.fault_next(delivery, fault)

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Send what *delivery* brings again, as a new delivery under the same request id.

        What failed brings its error again. Raises `RingbackError` when nobody is told of that.
        """
        return self._live_service.redeliver(delivery)

    def hold(self, reason: str) -> AbstractContextManager[None]:
        """Keep time from moving, for work that the emulator cannot see. Use it with `with`."""
        return self.clock.hold(reason)

    # -- what a test looks at --------------------------------------------------------------------

    @property
    def deliveries(self) -> Deliveries:
        """Every delivery, in order of acceptance: a live view."""
        return self._service.deliveries

    @property
    def pending(self) -> Deliveries:
        """The deliveries that are not settled at each look.

        Empty, it is the proof that nothing more is sent.
        """
        return self._service.pending

    @property
    def requests(self) -> ReceivedRequests:
        """What arrived at the speak endpoints, in order, and how it was answered: a live view."""
        return self._service.requests

    @property
    def dropped(self) -> dict[str, int]:
        """How many deliveries, requests and facts `Settings.keep` has made it drop."""
        return self._service.dropped

    @property
    def journal(self) -> Journal:
        """Everything that happened."""
        return self._service.journal

    def record(self, path: "str | Path") -> "list[Path]":
        """Write down what happened since the start, and return the files written.

        A *path* that ends in `.ringback.yaml` is one story of everything, one in `.jsonl` or `.har`
        that form of it; any other is a folder, which is made, with a scenario for each submission.
        A file is there as a whole or not at all. Raises `NotRecorded`, as on a full disk, and
        `SettingsError` for the name of a file that nobody would find.
        """
        from pathlib import Path

        from ringback.recording.record import record

        return record(self._service, Path(path))

    def export(self, format: str = "scenario") -> str:
        """Everything that happened since the start, as one text.

        *format* is `scenario`, a story that plays again; `jsonl`, a fact on each line; `har`, an
        HTTP archive of what was sent in either direction; or `html`, the page as one file. Secrets
        are masked, and bodies told by length and digest. Raises `SettingsError` for another, and
        `NotRecorded` where nothing happened.
        """
        from ringback.control.taking import take

        return take(self._service, format)

    def snapshot(self) -> dict[str, Any]:
        """The clock and all deliveries as the page shows them: plain data, as of JSON.

        They have the shapes of the control API. `ringback.render_page` makes a file of it.
        """
        from ringback.control.taking import snapshot

        return snapshot(self._service)

    def identify(
        self, audio: bytes | bytearray | memoryview, sample_rate: float | None = None
    ) -> "Identified | None":
        """Say which request *audio* answers, and whether all of it is there.

        None where it is no request's, and where too little of it is left to tell: rather none than
        a wrong one. An answer without sound is nobody's.

        It is known as it was served, in every encoding, cut off after 0.4 s or later, several
        answers one after the other, and with what a tagger or a copying program puts before the
        frames of MP3, AAC and FLAC. It is known by ear in a WAV file of 16-bit or G.711 samples, at
        any rate from 6 kHz on, in any channel, softer, noisier, with silence around it, after other
        codecs or through a telephone, as long as it is neither faster nor slower and nothing else
        sounds at the same time; and in bare samples (16 bits, little-endian, mono) if their
        *sample_rate*, a whole number of hertz, is given. What the application has encoded anew, as
        MP3 or Opus say, has to be decoded first.

        By ear, a sound of less than 1.4 s (some 20 characters) is known only from its beginning on,
        and one of less than 0.4 s (three characters or less) not at all.

        Raises `ValueError` for another *sample_rate*, and `TypeError` for what has no bytes.
        """
        return self._service.recognition.identify(audio, sample_rate)

    @property
    def timeline(self) -> str:
        """Deliveries and attempts, streams, refused requests and parameters that were ignored, as
        text, credentials apart."""
        return self._service.timeline

    def tell(
        self, *, rules: bool = False, remarks: Mapping[tuple[int, int], str] | None = None
    ) -> str:
        """The timeline with more in it.

        *rules*: those of the service behind each attempt, with their standing, in full where they
        are first met. *remarks* mark attempts: by the `position` of a delivery and the `number` of
        an attempt, what is to be said of it.
        """
        return self._service.tell(rules=rules, remarks=remarks or {})

    def _perform(
        self, path: "str | Path", case: str, stack: "ExitStack"
    ) -> "Performance | StoryPerformance":
        """Begin with what the scenario file at *path* says; *stack* takes down what it sets up."""
        from pathlib import Path

        from ringback.scenario.acting.performance import StoryPerformance
        from ringback.scenario.acting.scene import Scene
        from ringback.scenario.playing import Performance
        from ringback.scenario.reading import read_scenario
        from ringback.scenario.story.story import Story

        file = read_scenario(Path(path), case)
        service = self._live_service
        if not isinstance(file.scenario, Story):
            return Performance(service, file)
        return StoryPerformance(service, file, Scene(service.settings, stack), lambda: self.url)

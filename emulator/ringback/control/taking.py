"""What happened, to take along: as a file of one of the recordings' forms, or as the page."""

from typing import Any

from ringback.control.page import render_page
from ringback.recording.exporting import FORMATS, export
from ringback.service.service import Service
from ringback.settings.names import check_among


def take(service: Service, form: str) -> str:
    """Everything that happened on *service* since its start, as text.

    *form* is one of the recordings', or `html`. Raises `SettingsError` for another, with the
    nearest, and `NotRecorded` for what no file can hold.
    """
    check_among(form, "form of export", (*FORMATS, "html"))
    return render_page(snapshot(service)) if form == "html" else export(service, form)


def snapshot(service: Service) -> dict[str, Any]:
    """The clock and all deliveries of *service* as they stand, as the page is to show them."""
    from ringback.control.shapes import Shapes  # the models take a while to import

    shapes = Shapes(service)
    deliveries = [shapes.delivery(each) for each in service.deliveries]
    return {
        "clock": shapes.clock().model_dump(mode="json"),
        "deliveries": [each.model_dump(mode="json") for each in deliveries],
    }

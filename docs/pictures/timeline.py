"""Draws `timeline-light.svg` and `timeline-dark.svg`, from a delivery that really happened.

`python docs/pictures/timeline.py` brings both up to date.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from ringback import Attempt, Delivery, Emulator, Reply

WIDTH, HEIGHT, LEFT, PER_SECOND = 760, 250, 120, 7.6
YOURS, DISPATCHER, RECEIVER = 56, 120, 196
"""The three lines, from above."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What a picture is drawn in. The ground is the page's own."""

    line: str
    text: str
    faint: str
    good: str
    bad: str


THEMES = {
    "light": Colours("#8a94a6", "#1f2733", "#667085", "#0f7b4f", "#b42318"),
    "dark": Colours("#667085", "#e6eaf0", "#98a2b3", "#4cc38a", "#ff8a7a"),
}


def happened() -> Delivery:
    """A receiver that fails, then keeps silent, then accepts."""
    with Emulator() as ringback:
        ringback.receiver("https://app.example", replies=[503, "timeout", Reply(204)])
        delivery = ringback.submit("Hello", callback="https://app.example/done")
        ringback.run_until_idle()
    return delivery


def drawn(delivery: Delivery, colours: Colours) -> str:
    """The picture of *delivery*."""
    last = delivery.attempts[-1]
    title = f"A delivery of {len(delivery.attempts)} attempts: " + ", ".join(delivery.timeline)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{escape(title)}" font-family="ui-sans-serif, system-ui, sans-serif"'
        ' font-size="13">',
        f"<title>{escape(title)}</title>",
    ]
    for y, name in ((YOURS, "your test"), (DISPATCHER, "Ringback"), (RECEIVER, "your app")):
        parts.append(_text(LEFT - 16, y + 5, name, colours.text, "end", bold=True))
        parts.append(_line(LEFT, y, WIDTH - 24, y, colours.line))
    parts.append(_text(LEFT, YOURS - 14, "submit", colours.text, "middle"))
    parts.append(_arrow(LEFT, YOURS, DISPATCHER, colours.text))
    end = _x(last.finished_at)
    parts.append(_text((LEFT + end) / 2, YOURS - 14, "run_until_idle()", colours.text, "middle"))
    parts.append(_line(LEFT + 34, YOURS, end - 6, YOURS, colours.text, 3))
    parts.append(_text(end + 8, YOURS - 14, "nothing more will come", colours.good, "middle"))
    for attempt in delivery.attempts:
        parts += _attempt(attempt, colours)
    for before, after in zip(delivery.attempts, delivery.attempts[1:], strict=False):
        middle = (_x(before.finished_at) + _x(after.started_at)) / 2
        span = f"{after.started_at - before.finished_at:g} s"
        parts.append(_text(middle, DISPATCHER - 10, span, colours.faint, "middle"))
    return "\n".join([*parts, "</svg>", ""])


def _attempt(attempt: Attempt, colours: Colours) -> list[str]:
    x, end = _x(attempt.started_at), _x(attempt.finished_at)
    good = attempt.status is not None and attempt.status < 300
    colour = colours.good if good else colours.bad
    parts = [_arrow(x, DISPATCHER, RECEIVER, colour)]
    if end > x:
        parts.append(_line(x, DISPATCHER, end, DISPATCHER, colour, 5))
    parts.append(f'<circle cx="{x:g}" cy="{DISPATCHER}" r="5" fill="{colour}"/>')
    parts.append(
        _text(x + 8, (DISPATCHER + RECEIVER) / 2 + 5, attempt.word, colour, "start", bold=True)
    )
    parts.append(_text(x, RECEIVER + 26, f"+{attempt.offset:g} s", colours.faint, "middle"))
    return parts


def _x(moment: float) -> float:
    return LEFT + moment * PER_SECOND


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1.5) -> str:
    return (
        f'<line x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}" stroke="{colour}"'
        f' stroke-width="{width:g}" stroke-linecap="round"/>'
    )


def _arrow(x: float, y: float, to_y: float, colour: str) -> str:
    tip = to_y - 4
    head = f"M{x - 5:g} {tip - 8:g} L{x:g} {tip:g} L{x + 5:g} {tip - 8:g} Z"
    return _line(x, y, x, tip - 4, colour, 2) + f'<path d="{head}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, colour: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )


def pictures() -> dict[str, str]:
    """Each file and what is to be in it."""
    delivery = happened()
    return {f"timeline-{name}.svg": drawn(delivery, colours) for name, colours in THEMES.items()}


if __name__ == "__main__":
    for name, picture in pictures().items():
        (Path(__file__).parent / name).write_text(picture, "utf-8")

"""Draws what is measured as the work grows, as `docs/pictures` are drawn.

    python -m tests.benchmarks.picture

measures, writes the figures to `docs/pictures/growth.json`, and draws `growth-light.svg` and
`growth-dark.svg` from them; with `--only-draw`, from those that are there.
"""

import json
import math
import runpy
import sys
from collections.abc import Mapping
from html import escape
from types import SimpleNamespace
from typing import Any

from tests.benchmarks.growing import AMOUNTS, Costs, exponent, measured
from tests.benchmarks.measuring import ROOT

FOLDER = ROOT / "docs" / "pictures"
FIGURES = FOLDER / "growth.json"

drawing: Any = SimpleNamespace(**runpy.run_path(str(FOLDER / "timeline.py")))
"""How lines and texts are drawn, and in which colours."""

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 360, 76, 130, 40, 52
MOST, LEAST_COST, MOST_COST = 100_000, 0.001, 100.0


def drawn(figures: Mapping[str, Costs], colours: Any) -> str:
    """The picture of *figures*, CPU seconds by amount for each kind of work."""
    grown = ", ".join(f"{kind} by the power {exponent(figures[kind]):.2f}" for kind in figures)
    title = f"CPU seconds against the amount of work, both logarithmic: {grown}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{escape(title)}" font-family="ui-sans-serif, system-ui, sans-serif"'
        ' font-size="13">',
        f"<title>{escape(title)}</title>",
        drawing._text(LEFT, TOP - 18, "seconds of CPU", colours.text, "start", bold=True),
        drawing._text(
            WIDTH - RIGHT,
            HEIGHT - 10,
            "deliveries, tests, services",
            colours.text,
            "end",
            bold=True,
        ),
    ]
    for power in range(6):
        x = _x(10**power)
        parts.append(drawing._line(x, TOP, x, HEIGHT - BOTTOM, colours.line, 0.4))
        parts.append(
            drawing._text(x, HEIGHT - BOTTOM + 20, f"{10**power:,}", colours.faint, "middle")
        )
    for power in range(-3, 3):
        y = _y(10.0**power)
        parts.append(drawing._line(LEFT, y, WIDTH - RIGHT, y, colours.line, 0.4))
        parts.append(drawing._text(LEFT - 10, y + 5, f"{10.0**power:g}", colours.faint, "end"))
    # Twice the work at twice the cost is a line at this slope.
    parts.append(
        drawing._line(_x(1000), _y(0.003), _x(100_000), _y(0.3), colours.faint, 1.5).replace(
            "/>", ' stroke-dasharray="2 6"/>'
        )
    )
    parts.append(drawing._text(_x(100_000) + 10, _y(0.3) + 5, "linear", colours.faint, "start"))
    for kind, colour in zip(figures, (colours.good, colours.text, colours.bad), strict=True):
        parts += _curve(kind, figures[kind], colour)
    return "\n".join([*parts, "</svg>", ""])


def _curve(kind: str, costs: Costs, colour: str) -> list[str]:
    points = [(_x(amount), _y(cost)) for amount, cost in sorted(costs.items())]
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [
        f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"'
        ' stroke-linejoin="round"/>'
    ]
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
    x, y = points[-1]
    parts.append(drawing._text(x + 10, y + 5, kind, colour, "start", bold=True))
    return parts


def _x(amount: float) -> float:
    share = math.log(amount) / math.log(MOST)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(cost: float) -> float:
    cost = min(max(cost, LEAST_COST), MOST_COST)
    share = math.log(cost / LEAST_COST) / math.log(MOST_COST / LEAST_COST)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def pictures() -> dict[str, str]:
    """Each file and what is to be in it, by the figures that were measured last."""
    read = json.loads(FIGURES.read_text("utf-8"))
    figures = {
        kind: {int(amount): cost for amount, cost in costs.items()} for kind, costs in read.items()
    }
    return {
        f"growth-{name}.svg": drawn(figures, colours) for name, colours in drawing.THEMES.items()
    }


if __name__ == "__main__":
    if sys.argv[1:] != ["--only-draw"]:
        found = {
            kind: {amount: float(f"{cost:.3g}") for amount, cost in measured(kind).items()}
            for kind in AMOUNTS
        }
        FIGURES.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    for name, picture in pictures().items():
        (FOLDER / name).write_text(picture, "utf-8")

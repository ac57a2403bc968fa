"""Bar charts, drawn by the server: where each bar stands, in the units of the picture. Pure.

Bars lie on their side, one group a category, because Korean labels are long and phones are narrow. The picture is
360 units wide, so that its letters keep their size on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 360
_BAR_HEIGHT: Final = 18
_BAR_GAP: Final = 4
_LABEL_HEIGHT: Final = 24
_GROUP_GAP: Final = 14
#: Room to the right of the longest bar for its figure.
_FIGURE_WIDTH: Final = 64
_LEAST_BAR: Final = 2


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures, a value for each category."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """``number`` is the series, from 1: it chooses the colour."""

    number: int
    y: int
    width: int
    height: int
    value: int

    @property
    def figure_x(self) -> int:
        return self.width + 6

    @property
    def figure_y(self) -> int:
        return self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Group:
    """A category with its bars."""

    label: str
    label_y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """What ``pieces/chart.html`` draws, and the same figures for its table."""

    slug: str
    title: str
    description: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    groups: tuple[Group, ...]
    height: int
    width: int = WIDTH


def bar_chart(slug: str, title: str, description: str, categories: Sequence[str], series: Sequence[Series]) -> BarChart:
    """Lay out the figures. ``slug`` names the chart on its page; raises ``ValueError`` where a series does not fit."""
    if not 1 <= len(series) <= 3:
        raise ValueError("a bar chart has one to three series, so that their colours stay apart")
    if any(len(row.values) != len(categories) for row in series):
        raise ValueError("each series has a value for each category")
    if any(value < 0 for row in series for value in row.values):
        raise ValueError("a bar has no length below zero")
    most = max((value for row in series for value in row.values), default=0)
    step = _LABEL_HEIGHT + len(series) * (_BAR_HEIGHT + _BAR_GAP) + _GROUP_GAP
    groups = tuple(_group(label, index, step, series, most) for index, label in enumerate(categories))
    return BarChart(slug, title, description, tuple(categories), tuple(series), groups, max(step * len(categories), 1))


def _group(label: str, index: int, step: int, series: Sequence[Series], most: int) -> Group:
    top = index * step
    bars = tuple(
        Bar(
            number=number,
            y=top + _LABEL_HEIGHT + (number - 1) * (_BAR_HEIGHT + _BAR_GAP),
            width=_length(row.values[index], most),
            height=_BAR_HEIGHT,
            value=row.values[index],
        )
        for number, row in enumerate(series, start=1)
    )
    return Group(label, top + _LABEL_HEIGHT - 7, bars)


def _length(value: int, most: int) -> int:
    """A value above zero is seen, however small beside the largest."""
    if value == 0:
        return 0
    return max(round(value / most * (WIDTH - _FIGURE_WIDTH)), _LEAST_BAR)

"""Transforms: the steps are what the docstring says, inverses are exact, JSON gives the same back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Transform

fractions = st.floats(0, 1, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[float, float, float, float]:
    left, right = sorted(draw(st.lists(fractions, min_size=2, max_size=2, unique=True)))
    top, bottom = sorted(draw(st.lists(fractions, min_size=2, max_size=2, unique=True)))
    return (left, top, right, bottom)


transforms = st.builds(Transform, st.sampled_from((0, 90, 180, 270)), st.booleans(), boxes(), boxes())


@given(transforms)
def test_json_gives_the_same_transform_back(transform: Transform) -> None:
    assert Transform.from_json(json.loads(json.dumps(transform.to_json()))) == transform


@given(transforms)
def test_the_inverse_of_the_inverse_is_the_transform(transform: Transform) -> None:
    assert transform.inverse().inverse() == transform


def test_a_mirrored_turn_is_its_own_inverse() -> None:
    assert Transform(90, mirrored=True).inverse() == Transform(90, mirrored=True)
    assert Transform(90).inverse() == Transform(270)


def test_only_the_untouched_picture_is_the_identity() -> None:
    assert Transform().is_identity
    assert not Transform(mirrored=True).is_identity
    assert not Transform(source_box=(0.1, 0.0, 1.0, 1.0)).is_identity


@pytest.mark.parametrize(
    "arguments",
    [
        {"rotation": 45},
        {"source_box": (0.5, 0.0, 0.5, 1.0)},
        {"reference_box": (0.0, 0.0, 1.0, 1.5)},
        {"reference_box": (-0.1, 0.0, 1.0, 1.0)},
        {"source_box": (0.0, 0.0, float("nan"), 1.0)},
    ],
)
def test_an_impossible_transform_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"rotation|box"):
        Transform(**arguments)  # type: ignore[arg-type]  # one table, many types


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"rotation": "90", "mirrored": False, "source_box": [0, 0, 1, 1], "reference_box": [0, 0, 1, 1]},
        {"rotation": 0, "mirrored": 1, "source_box": [0, 0, 1, 1], "reference_box": [0, 0, 1, 1]},
        {"rotation": 0, "mirrored": False, "source_box": [0, 0, 1], "reference_box": [0, 0, 1, 1]},
        {"rotation": 0, "mirrored": False, "source_box": "0011", "reference_box": [0, 0, 1, 1]},
    ],
)
def test_foreign_json_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"transform|rotation|box"):
        Transform.from_json(values)

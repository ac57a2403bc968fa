"""Screening a listing before it is published: an answer at once, with reasons and what would help."""

from listings.preflight.answers import (
    BrandFinding,
    Help,
    PictureState,
    PreflightAnswer,
    Reason,
    SeenPicture,
    SendTo,
    Text,
)
from listings.preflight.looking import GivenPicture
from listings.preflight.service import screen_unpublished

__all__ = [
    "BrandFinding",
    "GivenPicture",
    "Help",
    "PictureState",
    "PreflightAnswer",
    "Reason",
    "SeenPicture",
    "SendTo",
    "Text",
    "screen_unpublished",
]

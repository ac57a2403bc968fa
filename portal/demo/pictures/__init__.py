"""Product pictures drawn from nothing: shapes, light and word marks, the same for the same seed on every machine.

Nothing here knows Django: pictures are drawn side by side in processes of their own.
"""

from portal.demo.pictures.alterations import ALTERATIONS, alter
from portal.demo.pictures.drawing import KINDS, PictureSpec, draw, draw_logo
from portal.demo.pictures.palettes import Palette

__all__ = ["ALTERATIONS", "KINDS", "Palette", "PictureSpec", "alter", "draw", "draw_logo"]

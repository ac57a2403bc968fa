"""The engine's version. Whoever stores scores stores this beside them."""

from typing import Final

# Raised whenever a score, a fingerprint or a verdict may change for the same input.
ENGINE_VERSION: Final = "2"

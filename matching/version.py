"""The engine's version. Whoever stores scores stores this beside them."""

from typing import Final

# Raised whenever a hash, a score or a verdict may change for the same input. A fingerprint names its own byte format.
ENGINE_VERSION: Final = "2"

"""The engine's versions. Whoever stores scores or fingerprints stores the one beside them."""

from typing import Final

# Raised whenever a score or a verdict may change for the same input.
ENGINE_VERSION: Final = "3"
# Raised whenever a picture's fingerprint or a text's sketch may change for the same input: what is remembered of
# confirmed counterfeits is known by it, and must not be forgotten for a better rule of words. How a fingerprint's bytes
# are laid out is named in the bytes.
FINGERPRINT_VERSION: Final = "2"

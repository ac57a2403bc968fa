"""What the engine raises. The messages are English: the portal translates them into its own three-part errors."""


class MatchingError(Exception):
    """Base of everything that the engine raises on purpose."""


class UnreadablePicture(MatchingError):
    """The bytes are not a picture that can be fingerprinted."""


class BrokenFingerprint(MatchingError, ValueError):
    """The stored bytes are not a fingerprint of this engine."""


class BrokenSnapshot(MatchingError):
    """The directory holds no complete snapshot of this engine."""

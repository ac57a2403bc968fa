"""Errors that a person may read: what happened, why, and what to do."""


class DomainError(Exception):
    """A rule of the domain refused the call; nothing was written.

    ``what``, ``why`` and ``action`` are Korean sentences for the person at the door. ``code`` is stable and
    machine-readable; doors use it to choose a status, never to build text.
    """

    code = "refused"

    def __init__(self, what: str, why: str = "", action: str = "", *, code: str = "") -> None:
        self.what = what
        self.why = why
        self.action = action
        if code:
            self.code = code
        super().__init__(what, why, action)

    def __str__(self) -> str:
        parts = [part for part in (self.what, self.why, self.action) if part]
        # A heading such as "손상된 파일입니다: 1.jpg" ends without a stop; in one line the next sentence follows it.
        return " ".join([*(part if part[-1] in ".?!" else f"{part}." for part in parts[:-1]), *parts[-1:]])


class Conflict(DomainError):
    """Somebody or something else was first; the message says who and what."""

    code = "conflict"

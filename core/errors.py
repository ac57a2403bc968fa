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
        return " ".join(part for part in (self.what, self.why, self.action) if part)


class Conflict(DomainError):
    """Somebody or something else was first; the message says who and what."""

    code = "conflict"

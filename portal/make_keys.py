"""Writes ``var/keys.env`` once: the secret key and one key for each ring. Existing files are left alone.

Run as ``python -m portal.make_keys``; plain Python, because settings need the keys before Django can start.
"""

import os
import secrets
import sys
from pathlib import Path

RINGS = ("LINK_KEYS", "CONTACT_KEYS", "SECRETS_KEYS", "JOURNAL_KEYS")


def write_keys(path: Path) -> bool:
    """Write the file with owner-only access. Returns whether it was written (``False``: it was there)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"SECRET_KEY={secrets.token_urlsafe(50)}", *(f"{ring}=k1:{secrets.token_urlsafe(40)}" for ring in RINGS)]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return True


if __name__ == "__main__":
    write_keys(Path(sys.argv[1] if len(sys.argv) > 1 else "var/keys.env"))

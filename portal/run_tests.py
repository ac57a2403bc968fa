"""``make test``: runs what this machine can, and ends with one line naming what it left out.

``--require-all`` (used by CI) refuses to leave anything out that this leg should run. ``--database-leg`` runs what
meets a database on the one that ``DATABASE_URL`` names, without the browser: it was driven on the other.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

CHROMIUM: Final = "/usr/bin/chromium"


def _database_is_postgresql() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith(("postgres://", "postgresql://"))


#: What a marker needs of the machine, and how a person reads what is missing.
NEEDS: Final[dict[str, tuple[Callable[[], bool], str]]] = {
    "browser": (lambda: Path(CHROMIUM).exists(), "Chromium is not installed"),
    "postgresql": (_database_is_postgresql, "DATABASE_URL does not name a PostgreSQL database"),
    "faults": (lambda: shutil.which("ps") is not None, "the command ps is not installed"),
}


def main(arguments: list[str]) -> int:
    """Run pytest on both cores; the exit code is pytest's."""
    require_all, database_leg = "--require-all" in arguments, "--database-leg" in arguments
    arguments = [argument for argument in arguments if argument not in {"--require-all", "--database-leg"}]
    missing = {marker: why for marker, (has, why) in NEEDS.items() if not has()}
    if database_leg:
        missing["browser"] = "driven on the other leg"
    if require_all and set(missing) - {"browser" if database_leg else "postgresql"}:
        print("Missing here:", ", ".join(f"{marker} ({why})" for marker, why in missing.items()))  # noqa: T201 - a command
        return 1
    deselect = " and ".join(f"not {marker}" for marker in missing)
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", *arguments]
    if deselect:
        command += ["-m", deselect]
    code = subprocess.call(command)  # noqa: S603 - our own command line
    left_out = ", ".join(f"{marker} ({why})" for marker, why in missing.items()) or "nothing"
    print(f"Left out on this machine: {left_out}.")  # noqa: T201 - the one closing line that make test promises
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

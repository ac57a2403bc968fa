"""``python -m benchmarks``: every benchmark one after the other, each in a process of its own.

QUICK=1 for a short run; OUT=file.json for all figures in one file. Figures of a run are compared with each other, never
with those of another machine.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

BENCHMARKS = (
    "benchmarks.matching",
    "benchmarks.portal",
    "benchmarks.relisting",
    "benchmarks.preflight",
    "benchmarks.clicks",
)


def main() -> None:
    """Runs all, and ends with an error where one of them did."""
    with tempfile.TemporaryDirectory() as folder:
        figures = [_run(module, Path(folder) / "figures.json") for module in BENCHMARKS]
    if out := os.environ.get("OUT"):
        Path(out).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _run(module: str, out: Path) -> Any:
    print(f"\n{module}", flush=True)
    done = subprocess.run([sys.executable, "-m", module], env=os.environ | {"OUT": str(out)}, check=False)
    if done.returncode:
        raise SystemExit(f"{module} failed")
    return json.loads(out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

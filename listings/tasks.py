"""What jobs of this app run."""

from typing import Any

from listings.screening import screen_versions


def screen_chunk(payload: dict[str, Any]) -> dict[str, Any]:
    """Screen the versions that the job names. Run twice, the second finds them screened and does nothing."""
    outcomes = screen_versions(payload["versions"])
    return {
        "screened": len(outcomes),
        "review": sum(outcome.verdict == "review" for outcome in outcomes),
        "stop": sum(outcome.verdict == "stop" for outcome in outcomes),
    }

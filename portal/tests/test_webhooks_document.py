"""``docs/webhooks.md`` is true: its examples are the catalogue's, its numbers the rules', its code checks them."""

import json
import re
from datetime import timedelta
from typing import Any, Final

import pytest
from django.utils import timezone

from accounts.events import ANSWERS, EVENTS, Answer, Event
from accounts.rules import WEBHOOK_VALUES
from accounts.signatures import sign
from core.choices import TextKind
from core.rules import FIRST_VALUES
from core.texts import MOST_BYTES, MOST_LETTERS
from portal.environment import ROOT
from portal.webhook_views import MAX_BODY
from reports.rules import FIRST_VALUES as REPORT_VALUES

TEXT: Final = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
SECRET: Final = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


def examples() -> dict[str, Any]:
    found = re.findall(r"^```json webhook (\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return {kind: json.loads(text) for kind, text in found}


@pytest.mark.parametrize("each", [*EVENTS, *ANSWERS], ids=lambda each: each.type)
def test_every_type_stands_there_with_its_title_and_example(each: Event | Answer) -> None:
    assert f"### `{each.type}` {each.title}\n" in TEXT
    assert examples()[each.type] == json.loads(json.dumps(each.document()))


def test_no_type_stands_there_that_there_is_not() -> None:
    assert list(examples()) == [each.type for each in EVENTS] + [each.type for each in ANSWERS]


def test_the_table_of_tries_is_the_rule() -> None:
    waits = FIRST_VALUES["webhook_retry_seconds"]
    assert isinstance(waits, list)
    rows = re.findall(r"^\| (\d+) \| ?(.*?) \| (.*?) \|$", TEXT, re.MULTILINE)
    assert [number for number, *_ in rows] == [str(number) for number in range(1, len(waits) + 2)]
    said = [_seconds(wait) for _, wait, _ in rows[1:]]
    assert said == waits
    for position, (_, _, since) in enumerate(rows[2:], start=2):
        assert _minutes(since) == sum(waits[:position]) // 60


def _seconds(text: str) -> int:
    number, unit = text.split()
    return int(number) * {"seconds": 1, "minutes": 60, "hours": 3600}[unit]


def _minutes(text: str) -> int:
    return sum(int(number) * {"h": 60, "min": 1}[unit] for number, unit in re.findall(r"(\d+) (h|min)\b", text))


def test_its_other_numbers_are_the_codes() -> None:
    assert f"at most {FIRST_VALUES['retry_after_most_seconds'] // 3600} hours" in TEXT  # type: ignore[operator]
    assert f"deleted after {FIRST_VALUES['attempt_days']} days" in TEXT
    assert f"takes nothing for {WEBHOOK_VALUES['endpoint_failing_hours']} hours" in TEXT
    assert f"After `deliver_by` ({WEBHOOK_VALUES['notify_deliver_hours']} hours)" in TEXT
    assert WEBHOOK_VALUES["test_event_seconds"] == 120 and "a test after two minutes" in TEXT
    assert REPORT_VALUES["wanted_asks"] == 10 and "ten times in all" in TEXT
    assert f"at most {MAX_BODY // 1024} KiB" in TEXT
    assert f"at most {MOST_BYTES[TextKind.SMS]} bytes and an LMS {MOST_BYTES[TextKind.LMS]:,}" in TEXT
    assert f"up to {MOST_LETTERS:,} letters" in TEXT


def test_its_ten_lines_check_a_signature() -> None:
    code = re.findall(r"^```python\n(import base64.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[0]
    space: dict[str, Any] = {}
    exec(code, space)
    is_genuine = space["is_genuine"]
    body = b'{"type":"test"}'

    def headers(age: int = 0) -> dict[str, str]:
        at = int((timezone.now() - timedelta(seconds=age)).timestamp())
        return {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(at),
            "webhook-signature": sign([SECRET], webhook_id="msg_1", timestamp=at, body=body),
        }

    assert is_genuine(["whsec_QkJC", SECRET], headers(), body)
    assert not is_genuine([SECRET], headers(), body + b" ")
    assert not is_genuine(["whsec_QkJC"], headers(), body)
    assert not is_genuine([SECRET], headers(age=400), body)
    function = code[code.index("def is_genuine") :].strip().splitlines()
    assert len(function) <= 10

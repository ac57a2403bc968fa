"""Floods of clicks: counted by visitor and by address, and above a rate each click costs a proof of work.

Never a refusal: who pays the price is heard like everybody. Addresses and visitors are counted under keyed hashes, for
minutes. One statement counts both, in the transaction of the click, so nothing is lost and nobody reads before writing.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import altcha
from django.db import IntegrityError, connection, transaction

from core import rulesets
from core.errors import Conflict
from core.keys import contact_hash, ring
from reports.models import ClickCount, SpentProof

#: A challenge is worth solving for so long [ours]: a slow phone needs seconds, and its owner may be called away.
_VALID_FOR: Final = timedelta(minutes=10)
#: Derivations of 2,000 rounds of which one in 256 fits: half a second on a phone, two milliseconds to verify [ours].
_ALGORITHM: Final = "PBKDF2/SHA-256"
_ROUNDS: Final = 2_000
#: Each doubling of the excess doubles the price, up to this [ours]: eight seconds on a phone, still no refusal.
_MOST_TIMES: Final = 16
_LONGEST_PROOF: Final = 4_000
#: So many codes an hour go to one mailbox, whoever asks for them [ours].
_CODES_AN_HOUR: Final = 5
#: What was counted is of use for so many minutes: an hour for codes.
_KEPT_MINUTES: Final = 70


@dataclass(frozen=True, slots=True)
class Visit:
    """Who clicks, as far as floods need to know."""

    address: str
    visitor: str


class ProofNeeded(Conflict):
    """Too many clicks at once: this one needs a proof. ``challenge`` is what the visitor's device solves."""

    code = "proof_needed"

    def __init__(self, challenge: Mapping[str, object]) -> None:
        self.challenge = challenge
        super().__init__(
            "신고를 아직 접수하지 않았습니다.",
            "짧은 시간에 신고가 많이 들어와 기기에서 확인 계산을 한 번 해야 합니다.",
            "잠시 기다려 주세요. 자동으로 진행됩니다.",
        )


def count_click(visit: Visit, rules: rulesets.RuleValues, *, now: datetime) -> int:
    """Count one click. Returns how many times the usual price the next proof costs; 0 where none is needed.

    Call it first in the click's transaction, before any other row is held.
    """
    by_address, by_visitor = _count(
        [f"address:{visit.address}", f"visitor:{visit.visitor}"], int(now.timestamp()) // 60
    )
    excess = max(
        by_address / max(1, rules.number("free_clicks_per_address")),
        by_visitor / max(1, rules.number("free_clicks_per_visitor")),
    )
    return 0 if excess <= 1 else min(_MOST_TIMES, 1 << int(excess).bit_length() - 1)


def challenge(times: int, *, now: datetime) -> dict[str, object]:
    """Something to solve, signed by us: nothing is stored until it comes back solved."""
    made = altcha.create_challenge(
        _ALGORITHM, _ROUNDS * times, expires_at=int((now + _VALID_FOR).timestamp()), hmac_secret=_secret()
    )
    return dict(made.to_dict())


def is_solved(proof: str) -> bool:
    """Whether this is a solution of a challenge of ours, in time. Computes: call it outside a transaction."""
    if not proof or len(proof) > _LONGEST_PROOF:
        return False
    try:
        return bool(altcha.verify_solution(proof, _secret()).verified)
    except (ValueError, TypeError, AttributeError, OverflowError):  # shapes that the package does not expect
        return False


def spend(proof: str, *, now: datetime) -> bool:
    """Use up a proof that is solved. Whether it was its first use."""
    if not proof:
        return False
    try:
        with transaction.atomic():
            SpentProof(challenge=_name(proof), expires_at=now + 2 * _VALID_FOR).save(force_insert=True)
    except IntegrityError:
        return False
    return True


def require_few_codes(email: str, *, now: datetime) -> None:
    """A mailbox gets few codes an hour, whoever asks. Raises ``Conflict``."""
    [sent] = _count([f"mailbox:{email.strip().lower()}"], int(now.timestamp()) // 3600 * 60)
    if sent > _CODES_AN_HOUR:
        raise Conflict(
            "확인 코드를 보내지 않았습니다.",
            f"한 이메일로는 한 시간에 {_CODES_AN_HOUR}번까지만 보냅니다.",
            "마지막으로 받은 코드를 입력하거나 한 시간 뒤 다시 요청해 주세요.",
            code="code_too_often",
        )


def forget(*, now: datetime) -> int:
    """What no longer counts is not kept."""
    minute = int(now.timestamp()) // 60 - _KEPT_MINUTES
    return ClickCount.objects.older_than(minute).delete()[0] + SpentProof.objects.expired(at=now).delete()[0]


def _count(names: list[str], minute: int) -> list[int]:
    """One more under each name in that minute, and how many that makes, in their order.

    Written by hand: ``bulk_create`` cannot add to what is there, and reading first would lose clicks. Names are sorted
    as rows are locked, so that two clicks never wait for each other.
    """
    keys = [contact_hash(name)[-64:] for name in names]
    table = connection.ops.quote_name(ClickCount._meta.db_table)
    rows = ", ".join(["(%s, %s, 1)"] * len(keys))
    sql = (
        f"INSERT INTO {table} (key, minute, count) VALUES {rows} "  # noqa: S608 - the table's own name alone
        f"ON CONFLICT (key) DO UPDATE SET count = CASE WHEN {table}.minute = excluded.minute "
        f"THEN {table}.count + 1 ELSE 1 END, minute = excluded.minute RETURNING key, count"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for key in sorted(keys) for value in (key, minute)])
        counted = dict(cursor.fetchall())
    return [counted[key] for key in keys]


def _name(proof: str) -> str:
    """Of the challenge that a proof solves: what is signed, so that no spelling of it passes twice."""
    return str(json.loads(base64.b64decode(proof))["challenge"]["signature"]).lower()


def _secret() -> str:
    """Of the ring of links, for this purpose alone."""
    return hashlib.sha256(b"proof:" + ring("links").active.secret).hexdigest()

"""What the stand-in knows of its listings, and what it does with a message from the portal.

Three rules that every integration needs: a message is carried out once by its ``webhook-id``; a version lower than one
already carried out for the same target is ignored; what was carried out is confirmed, however often it is asked.
"""

import json
import os
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from examples.client.signatures import headers_for

#: How the stand-in may be told to behave, to see what the portal makes of it.
MODES = {
    "normal": "바로 확인합니다",
    "delay": "10초 뒤에 확인합니다",
    "fail": "받기를 거부합니다(500)",
    "refuse": "조치를 거절합니다(effect.failed)",
    "twice": "두 번 확인합니다",
    "never": "확인하지 않습니다",
}
DELAY_SECONDS = 10.0
ANSWER_THREAD = "answer"
REFUSAL = "시범장터가 조치를 거절했습니다."
SALE_STATES = {"listing.restrict": "판매 제한", "listing.remove": "판매 중지", "listing.reinstate": "판매 중"}
#: News for a seller that the marketplace may show in its own shop pages; nothing is confirmed.
NOTICE = "notice.seller"


@dataclass
class Listing:
    """One listing as this marketplace sees it."""

    sale_state: str = "판매 중"
    version: int = 0
    reason: str = ""
    confirmations: int = 0
    log: list[str] = field(default_factory=list)


def read_message(body: bytes) -> dict[str, Any] | None:
    """The message, where it has all that is needed to carry it out. One of a type that we do not know yet is read all
    the same: a receiver that refuses it would be sent it for days."""
    try:
        message = json.loads(body)
        data = message["data"]
        if isinstance(message["type"], str) and message["type"] not in SALE_STATES:
            return message if isinstance(data, dict) else None
        is_whole = type(data["effect"]) is type(data["version"]) is int and isinstance(data["target"], str)
        return message if is_whole and isinstance(message["type"], str) else None
    except (ValueError, KeyError, TypeError):
        return None


class Marketplace:
    """The stand-in's state, kept in one file so that a restart forgets nothing."""

    def __init__(self, *, portal: str, slug: str, secrets: list[str], state_file: Path) -> None:
        self.portal, self.slug, self.secrets, self._file = portal.rstrip("/"), slug, secrets, state_file
        self.lock = threading.Lock()
        self.mode = "normal"
        self.listings: dict[str, Listing] = {}
        self.seen: set[str] = set()
        self.notices: list[dict[str, str]] = []
        self._load()

    def _load(self) -> None:
        if self._file.exists():
            state = json.loads(self._file.read_text("utf-8"))
            self.mode, self.seen = state["mode"], set(state["seen"])
            self.notices = state.get("notices", [])
            self.listings = {target: Listing(**row) for target, row in state["listings"].items()}

    def save(self) -> None:
        """Write the state beside itself and rename: a crash leaves the old file whole. Call under the lock."""
        rows = {target: asdict(row) for target, row in self.listings.items()}
        temporary = self._file.with_suffix(".new")
        state = {"mode": self.mode, "seen": sorted(self.seen), "listings": rows, "notices": self.notices}
        temporary.write_text(json.dumps(state), "utf-8")
        os.replace(temporary, self._file)

    def set_mode(self, mode: str) -> None:
        """Behave so from the next message on."""
        with self.lock:
            self.mode = mode
            self.save()

    def receive(self, webhook_id: str, message: dict[str, Any]) -> bool:
        """Carry out one message and answer it. ``False``: told to fail, so the portal will try again."""
        with self.lock:
            mode, data = self.mode, message["data"]
            if mode == "fail":
                return False
            if message["type"] not in SALE_STATES:
                self._take_news(webhook_id, message)
                return True
            listing = self.listings.setdefault(data["target"], Listing())
            # What was refused was not carried out: sent again, it is looked at anew.
            if webhook_id not in self.seen and mode != "refuse":
                self._apply(listing, message["type"], data)
                self.seen.add(webhook_id)
            self.save()
        threading.Thread(target=self._answer, args=(mode, data), name=ANSWER_THREAD, daemon=True).start()
        return True

    def _take_news(self, webhook_id: str, message: dict[str, Any]) -> None:
        if webhook_id not in self.seen and message["type"] == NOTICE:
            data = message["data"]
            self.notices.append({"seller": str(data["seller"]), "subject": str(data["statement"]["subject"])})
        self.seen.add(webhook_id)
        self.save()

    def _apply(self, listing: Listing, message_type: str, data: dict[str, Any]) -> None:
        if data["version"] <= listing.version:
            listing.log.append(f"v{data['version']} 무시: 이미 v{listing.version}입니다")
            return
        listing.version, listing.sale_state = data["version"], SALE_STATES[message_type]
        listing.reason = str(data.get("statement", {}).get("ground", {}).get("title", ""))
        listing.log.append(f"v{data['version']} {SALE_STATES[message_type]}")

    def _answer(self, mode: str, data: dict[str, Any]) -> None:
        if mode == "never":
            return
        if mode == "delay":
            time.sleep(DELAY_SECONDS)
        answer: dict[str, Any] = {"effect": data["effect"], "version": data["version"]}
        if mode == "refuse":
            answer["reason"] = REFUSAL
        for _ in range(2 if mode == "twice" else 1):
            if self._post("effect.failed" if mode == "refuse" else "effect.confirmed", answer):
                with self.lock:
                    self.listings[data["target"]].confirmations += 1
                    self.save()

    def _post(self, message_type: str, data: dict[str, Any]) -> bool:
        """Tell the portal, a few times if it does not answer. The same id each time: it carries out once."""
        document = {"type": message_type, "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "data": data}
        body, webhook_id = json.dumps(document).encode(), f"msg_{uuid.uuid4().hex}"
        for wait in (0, 1, 3, 10):
            time.sleep(wait)
            headers = {"content-type": "application/json", **headers_for(self.secrets, webhook_id, body)}
            address = f"{self.portal}/api/v1/webhooks/{self.slug}/"
            request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310 - from our own config
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
                    return bool(answer.status == 200)
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                continue
        return False

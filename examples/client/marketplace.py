"""What this marketplace tells the portal of its listings and orders, and what it does when the portal tells it.

Three rules that every integration needs: a message is carried out once by its ``webhook-id``; a version lower than one
already carried out for the same listing is ignored; what was carried out is confirmed, however often it is asked.
"""

import json
import os
import threading
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from examples.client.api import Session
from examples.client.signatures import headers_for

Item = dict[str, Any]
HELD, ON_SALE = "심사 보류", "판매 중"
SALE_STATES = {"listing.restrict": "판매 제한", "listing.remove": "판매 중지", "listing.reinstate": ON_SALE}
NOTICES = ("notice.seller", "notice.code", "notify")  # for users to read on our own pages


class Marketplace:
    """What we know, kept in one file so that a restart forgets nothing. Yours stands in your database."""

    def __init__(self, config: Item) -> None:
        self.session = Session(config["portal"], config["api_key"])
        self.slug, self.secrets, self._file = config["slug"], config["secrets"], Path(config["state_file"])
        self.lock = threading.RLock()
        #: Listings and order lines by number, each with its ``item`` as the API takes it.
        self.known: Item = {"listings": {}, "orders": {}, "seen": [], "notices": []}
        if self._file.exists():
            self.known |= json.loads(self._file.read_text("utf-8"))

    def save(self) -> None:
        """Write beside the file and rename: a crash leaves the old one whole. Call under the lock."""
        self._file.with_suffix(".new").write_text(json.dumps(self.known), "utf-8")
        os.replace(self._file.with_suffix(".new"), self._file)

    # -- what we tell the portal

    def publish(self, item: Item, pictures: Iterable[bytes] = ()) -> Item:
        """Ask before it goes on sale; what is held stays off sale and is not sent. Returns the answer of screening."""
        sent = [self.session.post("pictures", each, "image/jpeg") for each in pictures]
        item = {**item, "images": [{"sha256": each["sha256"]} for each in sent]}
        answer: Item = self.session.post("listings/screen", item)
        state = HELD if answer["verdict"] == "stop" else ON_SALE
        with self.lock:
            before = self.known["listings"].get(item["id"], {"version": 0})
            # What the portal has taken off sale stays so, whatever is changed about it.
            news = {} if before["version"] else {"sale_state": state, "reason": answer["message"]["ko"]}
            self.known["listings"][item["id"]] = before | news | {"item": item}
            self.save()
        if state == ON_SALE:
            self.send("listings", [item])
        return answer

    def sync_listings(self) -> list[Item]:
        """Send whatever is not held, again: what the portal has already is unchanged. For a start, or after trouble."""
        with self.lock:
            rows = [row for row in self.known["listings"].values() if row["item"] and row["sale_state"] != HELD]
        return self.send("listings", [row["item"] for row in rows])

    def note_order(self, line: Item) -> None:
        """A line was ordered, sent or received: it leaves with the next ``sync_orders``."""
        with self.lock:
            number = f"{line['order']}/{line['line']}"
            before = self.known["orders"].get(number, {"item": {}})["item"]
            self.known["orders"][number] = {"item": before | line, "is_sent": False}
            self.save()

    def sync_orders(self) -> list[Item]:
        """Send what changed since the last time. Returns the result of each; one that was refused stays unsent."""
        with self.lock:
            rows = [row for row in self.known["orders"].values() if not row["is_sent"]]
        results = self.send("orders", [row["item"] for row in rows])
        with self.lock:
            for row, each in zip(rows, results, strict=True):
                row["is_sent"] = each["outcome"] != "refused"
            self.save()
        return results

    def send(self, path: str, items: list[Item]) -> list[Item]:
        """Bring listings or order lines in or up to date. Returns the result of each; one that was refused says why."""
        parts = [items[start : start + 1_000] for start in range(0, len(items), 1_000)]
        return [each for part in parts for each in self.session.post(path, {"items": part})["results"]]

    # -- what the portal tells us

    def receive(self, webhook_id: str, message: Item) -> None:
        """Carry a message out, once. What is owed for it follows in a thread: the portal does not wait for that."""
        kind, data = message["type"], message["data"]
        with self.lock:
            if webhook_id not in self.known["seen"]:
                self.carry_out(kind, data)
                self.known["seen"].append(webhook_id)
                self.save()
        threading.Thread(target=self.follow_up, args=(kind, data), name="follow-up", daemon=True).start()

    def carry_out(self, kind: str, data: Item) -> None:
        """Do what is asked on our side; of a type that we do not know yet, nothing. Call under the lock."""
        if kind in NOTICES:
            self.known["notices"].append({"type": kind, **data})
        elif kind in SALE_STATES:
            listing = self.known["listings"].get(data["listing"], {"item": {}, "version": 0})
            if data["version"] > listing["version"]:
                reason = data.get("statement", {}).get("ground", {}).get("title", "")
                now = {"sale_state": SALE_STATES[kind], "version": data["version"], "reason": reason}
                self.known["listings"][data["listing"]] = listing | now

    def follow_up(self, kind: str, data: Item) -> None:
        """Confirm what was carried out, deliver what was wanted."""
        if kind in SALE_STATES:
            self.answer("effect.confirmed", {"effect": data["effect"], "version": data["version"]})
        elif kind == "notify":  # it stands on the user's page here, which is how we deliver
            self.answer("notify.delivered", {"notify": data["notify"]})
        elif kind == "listing.wanted" and (row := self.known["listings"].get(data["listing"])):
            self.send("listings", [row["item"]])

    def answer(self, kind: str, data: Item) -> None:
        """Tell the portal, signed as its own messages are."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        body = json.dumps({"type": kind, "timestamp": now, "data": data}).encode()
        headers = headers_for(self.secrets, f"msg_{uuid.uuid4().hex}", body)
        self.session.post(f"webhooks/{self.slug}/", body, **headers)

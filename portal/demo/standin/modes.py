"""The example client, told how to behave: to see what the portal makes of a marketplace that is late, or refuses."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from examples.client.marketplace import SALE_STATES, Item, Marketplace

MODES: Final = {
    "normal": "바로 확인합니다",
    "delay": "10초 뒤에 확인합니다",
    "fail": "받기를 거부합니다(500)",
    "refuse": "조치를 거절합니다(effect.failed)",
    "twice": "두 번 확인합니다",
    "never": "확인하지 않습니다",
}
DELAY_SECONDS: Final = 10.0
REFUSAL: Final = "시범장터가 조치를 거절했습니다."


class Standin(Marketplace):
    """The client and its mode. Each listing's row has a log beside, and how often it was confirmed."""

    def __init__(self, config: Item) -> None:
        super().__init__(config)
        self.known = {"mode": "normal", "log": {}, "confirmations": {}} | self.known

    @property
    def mode(self) -> str:
        return str(self.known["mode"])

    def set_mode(self, mode: str) -> None:
        """Behave so from the next message on."""
        with self.lock:
            self.known["mode"] = mode
            self.save()

    def receive(self, webhook_id: str, message: Item) -> None:
        """What is refused is not carried out: sent again, it is looked at anew."""
        if message["type"] in SALE_STATES and self.mode == "refuse":
            given = (message["type"], message["data"])
            threading.Thread(target=self.follow_up, args=given, name="follow-up", daemon=True).start()
        else:
            super().receive(webhook_id, message)

    def carry_out(self, kind: str, data: Item) -> None:
        before = self._version(kind, data)
        super().carry_out(kind, data)
        if kind in SALE_STATES:
            version = data["version"]
            said = SALE_STATES[kind] if version > before else f"무시: 이미 v{before}입니다"
            self.known["log"].setdefault(data["listing"], []).append(f"v{version} {said}")

    def _version(self, kind: str, data: Item) -> int:
        rows = self.known["listings"]
        return int(rows[data["listing"]]["version"]) if kind in SALE_STATES and data["listing"] in rows else 0

    def follow_up(self, kind: str, data: Item) -> None:
        mode = self.mode
        if kind not in SALE_STATES:
            super().follow_up(kind, data)
        elif mode == "refuse":
            self.answer("effect.failed", {"effect": data["effect"], "version": data["version"], "reason": REFUSAL})
        elif mode != "never":
            if mode == "delay":
                time.sleep(DELAY_SECONDS)
            for _ in range(2 if mode == "twice" else 1):
                super().follow_up(kind, data)
                self._count(data["listing"])

    def _count(self, listing: str) -> None:
        with self.lock:
            self.known["confirmations"][listing] = self.known["confirmations"].get(listing, 0) + 1
            self.save()


def stock(place: Marketplace, shelf: dict[str, Any], folder: Path) -> None:
    """Put the shelf's goods on sale and send its orders, where that has not happened yet."""
    for goods in shelf["listings"]:
        if goods["item"]["id"] not in place.known["listings"]:
            place.publish(goods["item"], pictures_of(folder, goods["pictures"]))
    for line in shelf["orders"]:
        if f"{line['order']}/{line['line']}" not in place.known["orders"]:
            place.note_order(line)
    place.sync_listings()
    place.sync_orders()


def pictures_of(folder: Path, names: Sequence[str]) -> list[bytes]:
    return [(folder / name).read_bytes() for name in names]

"""A marketplace's signed link: what it must say, what is signed, and that it can be nothing else."""

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.choices import EntryKind
from accounts.entry_signatures import SignedLink, is_genuine, is_in_time, names_of, read, sign, signed_text
from accounts.signatures import BadSignature, check
from accounts.signatures import sign as sign_webhook

SECRET = "whsec_" + "QUFB" * 8
OTHER = "whsec_" + "QkJC" * 8
ENDS = 1_795_413_600
PLAIN = SignedLink(EntryKind.SELLER, "demo", "seller-7", ENDS, "b0Zr2Qk1x9Wc7Tn4")


def signed(secret: str = SECRET, **changes: Any) -> SignedLink:
    link = replace(PLAIN, **changes)
    return replace(link, signature=sign(secret, link))


def parameters(link: SignedLink, **changes: str) -> dict[str, list[str]]:
    return {name: [value] for name, value in (link.fields | changes).items()}


def test_six_lines_are_signed_and_the_signature_needs_no_escaping() -> None:
    text = f"jikimi-link-v1\nseller\ndemo\nseller-7\n{ENDS}\nb0Zr2Qk1x9Wc7Tn4"
    digest = hmac.new(base64.b64decode("QUFB" * 8), text.encode(), hashlib.sha256).digest()
    assert signed_text(PLAIN) == text.encode()
    assert sign(SECRET, PLAIN) == "v1." + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def test_what_is_read_is_what_was_written() -> None:
    link = signed(subject="상점 7/A+B&c=ü")
    assert read(EntryKind.SELLER, parameters(link)) == link
    assert is_genuine(link, [OTHER, SECRET])


@pytest.mark.parametrize(
    "change",
    [
        {"kind": EntryKind.ORDER},
        {"marketplace": "demo2"},
        {"subject": "seller-8"},
        {"expires": ENDS + 1},
        {"nonce": "b0Zr2Qk1x9Wc7Tn5"},
        {"signature": sign(OTHER, PLAIN)},
    ],
)
def test_whatever_is_changed_the_signature_holds_no_more(change: dict[str, Any]) -> None:
    assert is_genuine(signed(), [SECRET])
    assert not is_genuine(replace(signed(), **change), [SECRET])


def test_without_secrets_nothing_is_genuine() -> None:
    assert not is_genuine(signed(), [])


@pytest.mark.parametrize("name", names_of(EntryKind.SELLER))
@pytest.mark.parametrize("values", [[], ["a", "b"], [""], ["\0"], ["a\nb"], ["가" * 101]])
def test_a_link_without_its_whole_shape_is_none(name: str, values: list[str]) -> None:
    assert read(EntryKind.SELLER, parameters(signed()) | {name: values}) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("marketplace", "데모"),
        ("marketplace", "a" * 41),
        ("seller", "   "),
        ("seller", "a\u2028b"),
        ("seller", "a\x85b"),
        ("seller", "a\ud800b"),
        ("expires", "-1"),
        ("expires", "+1795413600"),
        ("expires", "0795413600"),
        ("expires", "1795413600.0"),
        ("expires", "1" * 13),
        ("expires", "１７９５４１３６００"),
        ("nonce", "short"),
        ("nonce", "a" * 65),
        ("nonce", "spaces are not so good"),
        ("signature", "v1," + "a" * 43),
        ("signature", "v2." + "a" * 43),
        ("signature", "v1." + "a" * 42 + "="),
        ("signature", "v1." + "a" * 43 + "\n"),
    ],
)
def test_a_value_that_no_marketplace_writes_is_refused(name: str, value: str) -> None:
    assert read(EntryKind.SELLER, parameters(signed(), **{name: value})) is None


def test_a_sellers_link_is_no_orders_link() -> None:
    assert read(EntryKind.ORDER, parameters(signed())) is None
    renamed = {"order" if name == "seller" else name: [value] for name, value in signed().fields.items()}
    as_order = read(EntryKind.ORDER, renamed)
    assert as_order is not None and not is_genuine(as_order, [SECRET])


@pytest.mark.parametrize(
    ("kind", "left", "holds"),
    [
        (EntryKind.SELLER, -61, False),
        (EntryKind.SELLER, -59, True),
        (EntryKind.SELLER, 0, True),
        (EntryKind.SELLER, 15 * 60 + 60, True),
        (EntryKind.SELLER, 15 * 60 + 61, False),
        (EntryKind.ORDER, -61, False),
        (EntryKind.ORDER, 24 * 3600 + 60, True),
        (EntryKind.ORDER, 24 * 3600 + 61, False),
    ],
)
def test_a_link_lives_as_long_as_its_kind_may(kind: EntryKind, left: int, holds: bool) -> None:
    assert is_in_time(replace(PLAIN, kind=kind), now=ENDS - left) is holds


def test_an_identifier_is_looked_up_as_it_is_stored() -> None:
    assert replace(PLAIN, subject=" 상점  7 ").subject_id == "상점 7"


_words = st.text(max_size=100)


@settings(max_examples=200, deadline=None)
@given(_words, _words)
@example("seller-7", "seller-7\n1795413600")
def test_two_links_that_can_be_read_are_never_signed_as_one_text(one: str, two: str) -> None:
    links = [replace(signed(subject=subject)) for subject in (one, two)]
    read_again = [read(EntryKind.SELLER, parameters(link)) for link in links]
    if None not in read_again and one != two:
        assert signed_text(links[0]) != signed_text(links[1])


#: What can stand in an HTTP header; a line break cannot.
_headers = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=120)


@settings(max_examples=200, deadline=None)
@given(_headers, st.integers(min_value=0, max_value=10**11), st.binary(max_size=60))
@example("jikimi-link-v1", 1, b"seller")
def test_no_webhook_has_the_text_of_a_link(webhook_id: str, timestamp: int, body: bytes) -> None:
    assert not f"{webhook_id}.{timestamp}.".encode().startswith(b"jikimi-link-v1\n")


def test_a_links_signature_is_refused_as_a_webhooks_and_the_other_way_round() -> None:
    # A shop whose name has the shape of a webhook's middle.
    link = signed(subject="x.1795413600.y")
    raw = base64.b64encode(base64.urlsafe_b64decode(link.signature[3:] + "=")).decode()
    head, _, body = signed_text(link).partition(b".1795413600.")
    with pytest.raises(BadSignature):
        check(
            [SECRET],
            webhook_id=head.decode().replace("\n", " "),
            timestamp="1795413600",
            signature=f"v1,{raw}",
            body=body,
            now=ENDS,
        )
    webhook = sign_webhook([SECRET], webhook_id="msg_1", timestamp=ENDS, body=b"{}").removeprefix("v1,")
    as_link = "v1." + base64.urlsafe_b64encode(base64.b64decode(webhook)).decode().rstrip("=")
    assert not is_genuine(replace(PLAIN, signature=as_link), [SECRET])

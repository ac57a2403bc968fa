"""Key rings: what is refused, what rotation keeps, and secrets that can be made again but not guessed."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.keys import (
    KeyRing,
    contact_hash,
    contact_hashes,
    is_hash_of,
    parse_ring,
    ring,
    row_secret,
    secret_hash,
)

IDS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)
SECRETS = st.text(string.ascii_letters + string.digits + "-_", min_size=32, max_size=60)


@given(st.dictionaries(IDS, SECRETS, min_size=1, max_size=4))
def test_ring_has_every_key_and_the_first_is_active(keys: dict[str, str]) -> None:
    parsed = parse_ring("links", " , ".join(f"{key_id}:{secret}" for key_id, secret in keys.items()) + ",")
    assert [(key.id, key.secret.decode()) for key in parsed.keys] == list(keys.items())
    assert parsed.active.id == next(iter(keys))
    assert all(parsed.get(key_id).secret.decode() == secret for key_id, secret in keys.items())


@pytest.mark.parametrize(
    "text",
    ["", " , ", "k1", "k1:", "k1:short", ":" + "s" * 40, "k1:" + "s" * 31, f"k1:{'a' * 40},k1:{'b' * 40}"],
)
def test_bad_ring_is_refused_and_no_secret_is_in_the_message(text: str) -> None:
    with pytest.raises(ValueError, match="links") as refusal:
        parse_ring("links", text)
    assert "ssss" not in str(refusal.value)
    assert "aaaa" not in str(refusal.value)


def test_lost_key_is_named() -> None:
    with pytest.raises(LookupError, match="gone"):
        ring("links").get("gone")


def test_purposes_have_keys_of_their_own(settings: Any) -> None:
    rings: dict[str, KeyRing] = settings.KEY_RINGS
    assert set(rings) == {"links", "contacts", "secrets", "journal"}
    used = [key.secret for each in rings.values() for key in each.keys]
    assert len(set(used)) == len(used)
    assert settings.SECRET_KEY.encode() not in used


@given(first=st.text(max_size=30), second=st.text(max_size=30))
def test_secret_of_a_row_is_always_the_same_and_never_that_of_another(first: str, second: str) -> None:
    first, second = (text.encode("utf-8", "replace").decode() for text in (first, second))
    active = ring("links").active.id
    assert row_secret("links", first, active) == row_secret("links", first, active)
    assert (row_secret("links", first, active) == row_secret("links", second, active)) is (first == second)


def test_secret_of_a_row_has_256_bits_and_fits_into_an_address() -> None:
    secret = row_secret("links", "accounts.accesslink:1", ring("links").active.id)
    assert len(secret) == 43
    assert set(secret) <= set(string.ascii_letters + string.digits + "-_")
    assert len(secret_hash(secret)) == 64


def test_secrets_and_contacts_outlive_a_rotation(settings: Any) -> None:
    old = ring("contacts").active
    before = contact_hash("buyer@example.com")
    secret = row_secret("contacts", "row", old.id)
    new = parse_ring("contacts", "k9:" + "n" * 40)
    settings.KEY_RINGS = {**settings.KEY_RINGS, "contacts": KeyRing("contacts", (*new.keys, old))}
    assert contact_hash("buyer@example.com") != before
    assert contact_hash("buyer@example.com").startswith("k9:")
    assert contact_hash("buyer@example.com", old.id) == before
    assert row_secret("contacts", "row", old.id) == secret


def test_contact_cannot_be_read_from_its_hash() -> None:
    hashed = contact_hash("buyer@example.com")
    assert "buyer" not in hashed
    assert secret_hash("buyer@example.com") not in hashed


def test_contact_is_found_under_every_key_of_the_ring_and_not_under_a_lost_one(settings: Any) -> None:
    old, new, lost = f"old:{'o' * 40}", f"new:{'n' * 40}", f"lost:{'l' * 40}"
    settings.KEY_RINGS = {"contacts": parse_ring("contacts", lost)}
    of_lost = contact_hash("email:a@b.kr")
    settings.KEY_RINGS = {"contacts": parse_ring("contacts", old)}
    of_old = contact_hash("email:a@b.kr")
    settings.KEY_RINGS = {"contacts": parse_ring("contacts", f"{new},{old}")}
    hashes = contact_hashes("email:a@b.kr")
    assert [hashed.partition(":")[0] for hashed in hashes] == ["new", "old"]
    assert (hashes[0], hashes[1]) == (contact_hash("email:a@b.kr"), of_old)
    assert (is_hash_of(of_old, "email:a@b.kr"), is_hash_of(of_lost, "email:a@b.kr")) == (True, False)
    assert (is_hash_of(of_old, "email:c@b.kr"), is_hash_of("", "email:a@b.kr")) == (False, False)

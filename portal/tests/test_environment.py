"""A bad value in the environment stops the start, with a sentence that says what to write instead."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.keys import parse_ring
from portal import environment as env
from portal.make_keys import write_keys


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("JIKIMI_MODE", "prod", env.mode),
        ("DEBUG", "maybe", lambda: env.flag("DEBUG", default=False)),
        ("WORKERS", "two", lambda: env.number("WORKERS", default=2, least=1, most=64)),
        ("WORKERS", "0", lambda: env.number("WORKERS", default=2, least=1, most=64)),
        ("SITE_ORIGIN", "jikimi.example", lambda: env.origin("SITE_ORIGIN", default="")),
        ("SITE_ORIGIN", "https://jikimi.example/path", lambda: env.origin("SITE_ORIGIN", default="")),
        ("SITE_ORIGIN", "https://jikimi.example?next=1", lambda: env.origin("SITE_ORIGIN", default="")),
        ("SITE_ORIGIN", "https://jikimi.example#top", lambda: env.origin("SITE_ORIGIN", default="")),
        ("SITE_ORIGIN", "https://someone:canary@jikimi.example", lambda: env.origin("SITE_ORIGIN", default="")),
        ("SITE_ORIGIN", "https://:443", lambda: env.origin("SITE_ORIGIN", default="")),
        ("SITE_ORIGIN", "https://jikimi.example:99999", lambda: env.origin("SITE_ORIGIN", default="")),
        ("SITE_ORIGIN", "https://[::1", lambda: env.origin("SITE_ORIGIN", default="")),
        ("SITE_ORIGIN", "https://jiki mi.example", lambda: env.origin("SITE_ORIGIN", default="")),
        ("SITE_ORIGIN", "http://jikimi.example", lambda: env.origin("SITE_ORIGIN", default="", is_production=True)),
        ("ALLOWED_HOSTS", "jikimi.example, *", lambda: env.hosts("ALLOWED_HOSTS", default=(), is_production=True)),
        ("DEBUG", "1", lambda: env.debugging("DEBUG", is_production=True)),
        ("TEXT_BACKEND", "texts", lambda: env.dotted("TEXT_BACKEND")),
        ("TEXT_BACKEND", "core.texts ConsoleTexts", lambda: env.dotted("TEXT_BACKEND")),
        ("TEXT_SENDER", "one two three", lambda: env.phone("TEXT_SENDER")),
        ("LOG_LEVEL", "loud", lambda: env.level("LOG_LEVEL", default="INFO")),
        ("DATABASE_URL", "mysql://root@127.0.0.1/jikimi", env.database),
        ("DATABASE_URL", "not an address", env.database),
        ("LINK_KEYS", "k1:short", lambda: env.secret("LINK_KEYS", least=35)),
        ("FETCH_ALLOWED_NETWORKS", "10.1.0.0/8", lambda: env.networks("FETCH_ALLOWED_NETWORKS")),
        ("FETCH_ALLOWED_NETWORKS", "10.1.0.0/16, inner", lambda: env.networks("FETCH_ALLOWED_NETWORKS")),
        ("FETCH_ALLOWED_NETWORKS", "0.0.0.0/0", lambda: env.networks("FETCH_ALLOWED_NETWORKS")),
        ("FETCH_ALLOWED_NETWORKS", "10.0.0.0/8, ::/0", lambda: env.networks("FETCH_ALLOWED_NETWORKS")),
        ("FETCH_ALLOWED_PORTS", "80, http", lambda: env.ports("FETCH_ALLOWED_PORTS", default=(80,))),
        ("FETCH_ALLOWED_PORTS", "0", lambda: env.ports("FETCH_ALLOWED_PORTS", default=(80,))),
        ("FETCH_ALLOWED_PORTS", "65536", lambda: env.ports("FETCH_ALLOWED_PORTS", default=(80,))),
        ("FETCH_ALLOWED_PORTS", "１", lambda: env.ports("FETCH_ALLOWED_PORTS", default=(80,))),
    ],
)
def test_a_bad_value_is_refused_by_name(
    name: str, value: str, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name):
        read()


@pytest.mark.parametrize(
    "value",
    ["https://jikimi.example", "https://jikimi.example:8443/", "https://[2001:db8::1]", "http://127.0.0.1:8000"],
)
def test_an_origin_is_read_without_its_last_slash(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_ORIGIN", value)

    assert env.origin("SITE_ORIGIN", default="", is_production=True) == value.rstrip("/")


def test_networks_and_ports_are_read_and_none_is_open_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FETCH_ALLOWED_NETWORKS", raising=False)
    monkeypatch.setenv("FETCH_ALLOWED_PORTS", "80, 443,9000")

    assert env.networks("FETCH_ALLOWED_NETWORKS") == ()
    assert env.ports("FETCH_ALLOWED_PORTS", default=(80, 443)) == {80, 443, 9000}
    monkeypatch.setenv("FETCH_ALLOWED_NETWORKS", "10.1.0.0/16, fd00:12::/32, 10.2.0.7")
    assert [str(network) for network in env.networks("FETCH_ALLOWED_NETWORKS")] == [
        "10.1.0.0/16",
        "fd00:12::/32",
        "10.2.0.7/32",
    ]


def test_a_refused_origin_does_not_repeat_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_ORIGIN", "https://someone:canary@jikimi.example")

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.origin("SITE_ORIGIN", default="")

    assert "canary" not in str(refusal.value)


def test_outside_production_errors_may_be_shown_and_any_host_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("ALLOWED_HOSTS", "*")
    monkeypatch.setenv("LOG_LEVEL", "debug")

    assert env.debugging("DEBUG", is_production=False) is True
    assert env.hosts("ALLOWED_HOSTS", default=(), is_production=False) == ["*"]
    assert env.level("LOG_LEVEL", default="INFO") == "DEBUG"


def test_a_refusal_never_repeats_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:canary@127.0.0.1/jikimi")

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.database()

    assert "canary" not in str(refusal.value)


@pytest.mark.parametrize(("value", "read"), [("on", True), ("0", False), ("TRUE", True), ("no", False)])
def test_a_yes_or_no_is_read(value: str, read: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", value)

    assert env.flag("DEBUG", default=not read) is read


def test_sqlite_is_opened_as_it_was_measured_to_be_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////tmp/any.sqlite3")

    options = env.database()["OPTIONS"]

    assert isinstance(options, dict)
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["init_command"].replace(" ", "")
    assert "journal_mode=WAL" in options["init_command"].replace(" ", "")


def test_keys_are_written_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.env"

    assert write_keys(path) is True
    first = path.read_text("utf-8")
    assert write_keys(path) is False

    assert path.read_text("utf-8") == first
    assert path.stat().st_mode & 0o777 == 0o600
    rings = dict(line.split("=", 1) for line in first.splitlines())
    assert len(set(rings.values())) == len(rings) == 5
    for ring in ("LINK_KEYS", "CONTACT_KEYS", "SECRETS_KEYS", "JOURNAL_KEYS"):
        assert parse_ring(ring, rings[ring]).active.id == "k1"

"""The environment, read once and typed. A bad value stops the start with a sentence that says what to write instead."""

import ipaddress
import re
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT: Final = Path(__file__).resolve().parent.parent
Mode = Literal["demonstration", "production"]
MODES: Final = ("demonstration", "production")
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
#: Neither a user's name nor spaces: the origin stands in mails and is compared with what browsers send.
_ORIGIN: Final = re.compile(r"https?://[^\s@/?#\\]+")
_DOTTED: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)
#: 발신번호: numbers of the network, 15xx and 16xx ones included.
_PHONE: Final = re.compile(r"[0-9]{8,12}")

_env = environ.Env()


def load_keys_file() -> None:
    """Read the keys that ``make setup`` made (``var/keys.env``). What the environment already says wins."""
    path = Path(_env.str("KEYS_FILE", default=str(ROOT / "var" / "keys.env")))
    if path.exists():
        environ.Env.read_env(path, overwrite=False)


def _refuse(name: str, value: object, wanted: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={value!r} cannot be used. Set {name} to {wanted}.")


def mode() -> Mode:
    """``JIKIMI_MODE``: ``demonstration`` (the default) or ``production``, which forces the strict settings."""
    value = _env.str("JIKIMI_MODE", default="demonstration")
    if value == "production":
        return "production"
    if value == "demonstration":
        return "demonstration"
    raise _refuse("JIKIMI_MODE", value, " or ".join(MODES))


def flag(name: str, *, default: bool) -> bool:
    """A yes or no. Anything but 1/0, true/false, yes/no, on/off is refused rather than read as no."""
    value = _env.str(name, default="1" if default else "0").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise _refuse(name, value, "1 or 0")


def number(name: str, *, default: int, least: int, most: int) -> int:
    """A whole number within bounds."""
    value = _env.str(name, default=str(default))
    try:
        result = int(value)
    except ValueError:
        raise _refuse(name, value, f"a whole number from {least} to {most}") from None
    if not least <= result <= most:
        raise _refuse(name, value, f"a whole number from {least} to {most}")
    return result


def text(name: str, *, default: str = "") -> str:
    return str(_env.str(name, default=default)).strip()


def names(name: str, *, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in _env.str(name, default=",".join(default)).split(",") if part.strip()]


def networks(name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Networks such as ``10.1.0.0/16, fd00:12::/32``; none by default. Not all there is: that would open everything."""
    wanted = "networks such as 10.1.0.0/16, comma-separated, without bits behind the prefix and none of them /0"
    try:
        found = tuple(ipaddress.ip_network(part) for part in names(name))
    except ValueError:
        raise _refuse(name, text(name), wanted) from None
    if any(network.prefixlen == 0 for network in found):
        raise _refuse(name, text(name), wanted)
    return found


def ports(name: str, *, default: tuple[int, ...]) -> frozenset[int]:
    """Port numbers, comma-separated."""
    parts = names(name, default=tuple(str(port) for port in default))
    if not all(part.isascii() and part.isdigit() and len(part) <= 5 and 0 < int(part) < 65_536 for part in parts):
        raise _refuse(name, text(name), "port numbers such as 80,443, comma-separated")
    return frozenset(int(part) for part in parts)


def folder(name: str, *, default: Path) -> Path:
    return Path(_env.str(name, default=str(default))).expanduser().resolve()


def hosts(name: str, *, default: tuple[str, ...], is_production: bool) -> list[str]:
    """Host names. In production not every one: links in mails are made of the name that the request came by."""
    found = names(name, default=default)
    if is_production and "*" in found:
        raise _refuse(name, "*", "the host names of this portal, comma-separated")
    return found


def debugging(name: str, *, is_production: bool) -> bool:
    """Whether errors are shown to whoever meets them. Never in production: they show settings and rows."""
    is_on = flag(name, default=False)
    if is_production and is_on:
        raise _refuse(name, "1", "0, or run with JIKIMI_MODE=demonstration")
    return is_on


def level(name: str, *, default: str) -> str:
    """How much is logged."""
    value = text(name, default=default).upper()
    if value not in LEVELS:
        raise _refuse(name, value, f"one of {', '.join(LEVELS)}")
    return value


def dotted(name: str, *, default: str = "") -> str:
    """The dotted path of a class, such as ``core.texts.ConsoleTexts``, or nothing."""
    value = text(name, default=default)
    if value and _DOTTED.fullmatch(value) is None:
        raise _refuse(name, value, "the dotted path of a class, such as core.texts.ConsoleTexts")
    return value


def phone(name: str) -> str:
    """A telephone number as its digits, or nothing."""
    value = re.sub(r"[ -]", "", text(name))
    if value and _PHONE.fullmatch(value) is None:
        raise _refuse(name, value, "a telephone number such as 02-1234-5678")
    return value


def origin(name: str, *, default: str, is_production: bool = False) -> str:
    """An ``http`` or ``https`` origin without a path, such as ``https://jikimi.example``. In production ``http`` is for
    this machine alone: over a network it would carry the staff's sessions in the clear."""
    value = str(_env.str(name, default=default)).rstrip("/")
    if not _is_origin(value):
        raise _refuse(name, value.split("@")[-1], "an address such as https://jikimi.example, without a path")
    parts = urlsplit(value)
    if is_production and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise _refuse(name, value, "an address that starts with https:// in production")
    return value


def _is_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:  # A port that is none, or half an IPv6 address.
        return False
    return is_whole and value == f"{parts.scheme}://{parts.netloc}" and _ORIGIN.fullmatch(value) is not None


def secret(name: str, *, least: int) -> str:
    """A secret of at least that many characters; there is no default, in no mode."""
    value = str(_env.str(name, default=""))
    if len(value) < least:
        raise ImproperlyConfigured(
            f"{name} is missing or shorter than {least} characters. Run `make setup`, which writes var/keys.env, "
            f"or set {name} in the environment."
        )
    return value


def database() -> dict[str, object]:
    """``DATABASE_URL`` as Django's setting: SQLite or PostgreSQL, each with what was measured to be safe."""
    value = _env.str("DATABASE_URL", default=f"sqlite:///{ROOT / 'var' / 'db.sqlite3'}")
    try:
        config: dict[str, object] = dict(_env.db_url_config(value))
    except Exception as problem:
        raise _refuse("DATABASE_URL", value.split("@")[-1], "sqlite:///path or postgres://user@host/name") from problem
    engine = str(config.get("ENGINE", ""))
    config["CONN_MAX_AGE"] = 600
    # Services open their own transactions, whatever the address asks for: a page must not hold one while it renders.
    config["ATOMIC_REQUESTS"] = False
    if engine.endswith("sqlite3"):
        # Deferred transactions lose a quarter of read-then-write requests to "database is locked"; FULL because
        # rows here are evidence and money. Recursive triggers, because INSERT OR REPLACE deletes past the others.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
        }
        return config
    if engine.endswith("postgresql"):
        config["CONN_HEALTH_CHECKS"] = True
        # Whoever waits a minute for a lock waits for something that has gone wrong: an error says so, silence does not.
        options = config.setdefault("OPTIONS", {})
        assert isinstance(options, dict)
        options["options"] = f"{options.get('options', '')} -c lock_timeout=60s".strip()
        return config
    raise _refuse("DATABASE_URL", value.split(":", 1)[0], "an address of SQLite or PostgreSQL")


def mail(value: str) -> dict[str, object]:
    """``EMAIL_URL`` (``smtp+tls://user:password@host:587``) as Django's settings."""
    try:
        return dict(_env.email_url_config(value))
    except Exception as problem:
        raise _refuse("EMAIL_URL", value.split("@")[-1], "smtp+tls://user:password@host:587") from problem

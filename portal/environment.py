"""The environment, read once and typed. A bad value stops the start with a sentence that says what to write instead."""

from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT: Final = Path(__file__).resolve().parent.parent
Mode = Literal["demonstration", "production"]
MODES: Final = ("demonstration", "production")

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


def folder(name: str, *, default: Path) -> Path:
    return Path(_env.str(name, default=str(default))).expanduser().resolve()


def origin(name: str, *, default: str) -> str:
    """An ``http`` or ``https`` origin without a path, such as ``https://jikimi.example``."""
    value = str(_env.str(name, default=default)).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
        raise _refuse(name, value, "an address such as https://jikimi.example, without a path")
    return value


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
        return config
    raise _refuse("DATABASE_URL", value.split(":", 1)[0], "an address of SQLite or PostgreSQL")


def mail(value: str) -> dict[str, object]:
    """``EMAIL_URL`` (``smtp+tls://user:password@host:587``) as Django's settings."""
    try:
        return dict(_env.email_url_config(value))
    except Exception as problem:
        raise _refuse("EMAIL_URL", value.split("@")[-1], "smtp+tls://user:password@host:587") from problem

"""Locking out who guesses passwords: how axes and allauth agree on whom, and what the person reads."""

from collections.abc import Mapping
from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

#: Long enough for any real address, short enough for the column that axes keeps it in.
_NAME_LENGTH = 254


def account_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """The account that is tried, as axes counts it: its address in lower case.

    allauth hands over ``email``, Django ``username``, the login page posts ``login``, and a success is reported by the
    user's own name. Counted apart, or with capitals told apart, five tries would become as many as one likes.
    """
    given = credentials or {}
    found = given.get("email") or given.get("username") or given.get("login")
    if not found and request is not None:
        found = request.POST.get("login", "")
    return str(found or "").strip().lower().replace("\0", "")[:_NAME_LENGTH]


def locked_out(request: HttpRequest, *_details: object) -> HttpResponse:
    """429 with what happened, why, and what to do. The same whether the account exists or not."""
    cool_off = get_cool_off(request)
    minutes = int(cool_off.total_seconds() // 60) if cool_off else 0
    response = render(request, "account/locked_out.html", {"minutes": minutes}, status=429)
    if minutes:
        response["Retry-After"] = str(minutes * 60)
    add_never_cache_headers(response)
    return response

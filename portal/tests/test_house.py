"""Standing tests of the house itself: floors, names, migrations."""

import ast
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Field

from portal.environment import ROOT

#: The floors of design.md, from the ground up; apps on one floor do not know each other.
FLOORS = ("core", "accounts", "brands", "sellers", "listings", "reports", "refunds", "portal")
OURS = frozenset(FLOORS)
#: Where a link leads within this repository, without the place on the page.
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


def our_relations() -> list[tuple[str, str, str]]:
    """(app, field, app it points to) of every relation that a model of ours declares."""
    found = []
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.get_fields():
                if isinstance(field, Field) and field.is_relation and not field.auto_created:
                    target: Any = field.related_model
                    found.append((model._meta.app_label, f"{model.__name__}.{field.name}", target._meta.app_label))
    return found


def test_no_relation_points_upwards() -> None:
    upwards = [
        (app, field, target)
        for app, field, target in our_relations()
        if target in OURS and FLOORS.index(target) > FLOORS.index(app)
    ]

    assert upwards == []


def test_relations_were_looked_at() -> None:
    assert ("reports", "Decision.allegation", "reports") in our_relations()
    assert ("listings", "Listing.seller", "sellers") in our_relations()


def test_no_floor_below_the_cases_has_a_key_to_a_user() -> None:
    """Actors are kept as opaque text; only who holds a case, and who let one pass, are people of the queue."""
    to_users = [
        (app, field)
        for model in apps.get_models()
        if (app := model._meta.app_label) in OURS and app != "reports"
        for field in model._meta.get_fields()
        if isinstance(field, Field) and field.is_relation and getattr(field.related_model, "__name__", "") == "User"
    ]

    assert to_users == []


def test_constraints_are_named_for_what_they_hold() -> None:
    odd = [
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for constraint in model._meta.constraints
        if not constraint.name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_")
    ]

    assert odd == []


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    out = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=out)

    assert "No changes detected" in out.getvalue()


def our_modules() -> list[Path]:
    folders = [ROOT / name for name in (*FLOORS, "matching", "examples", "benchmarks")]
    return [path for folder in folders for path in folder.rglob("*.py") if "migrations" not in path.parts]


def test_no_module_listens_to_signals_of_models() -> None:
    """Roles come from sync_roles and checks from our own migrate: a save has no side effects."""
    listening = [
        path.name
        for path in our_modules()
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.signals"
    ]

    assert listening == []


def test_no_module_is_called_utils() -> None:
    assert [path for path in our_modules() if path.stem in {"utils", "helpers", "misc"}] == []


def test_every_link_of_the_documents_leads_to_a_file() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [(page, link) for page in documents for link in _LINK.findall(page.read_text("utf-8"))]
    assert (ROOT / "README.md", "docs/pictures/review.png") in links
    assert [f"{page.relative_to(ROOT)}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_the_engine_needs_no_django() -> None:
    code = "import sys, matching; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

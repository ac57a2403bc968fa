"""Static files as they are served: hashed names from a manifest, in which a file that is not there is an error."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client

from accounts.tests.factories import make_user

PUBLIC = ("/", "/policy/", "/privacy/", "/styleguide/", "/accounts/login/")
STAFF = ("/admin/", "/admin/review/", "/admin/listings/listing/")


@pytest.mark.django_db
def test_every_page_finds_its_files_in_the_manifest(tmp_path: Path, settings: Any) -> None:
    hashed = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**django_settings.STORAGES, "staticfiles": hashed}
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    staff = Client()
    staff.force_login(make_user(is_superuser=True))

    answers = {page: Client().get(page).status_code for page in PUBLIC}
    answers |= {page: staff.get(page).status_code for page in STAFF}

    assert answers == dict.fromkeys((*PUBLIC, *STAFF), 200)

"""What the settings hand to the ground floor is there and can be called."""

from typing import Any

import pytest
from django.utils.module_loading import import_string


@pytest.mark.parametrize("name", ["OUTBOX_TRANSPORTS", "EFFECT_CARRIERS", "JOB_HANDLERS"])
def test_every_function_that_settings_name_is_there(name: str, settings: Any) -> None:
    paths = getattr(settings, name).values()
    assert [path for path in paths if not callable(import_string(path))] == []


def test_every_chore_of_the_courier_is_there(settings: Any) -> None:
    assert [path for path in settings.COURIER_CHORES if not callable(import_string(path))] == []

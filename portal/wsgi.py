"""What the web server calls."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

if settings.WARM_UP:
    from listings.warm_up import warm_up_beside  # models are there only by now

    warm_up_beside()

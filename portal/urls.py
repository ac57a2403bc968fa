"""Every address of the portal. Who may open which stands in ``portal/doors.py``, or the tests fail."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal import health_views, public_views, webhook_views
from portal.api import pages as api_pages

urlpatterns = [
    path("", public_views.home, name="home"),
    path("policy/", public_views.policy, name="policy"),
    path("privacy/", public_views.privacy, name="privacy"),
    path("accounts/", include("portal.account_urls")),
    path("admin/", admin.site.urls),
    path("api/v1/webhooks/<slug:marketplace>/", webhook_views.marketplace_webhook, name="marketplace_webhook"),
    path("api/v1/", include("portal.api.urls")),
    path("api/schema/", api_pages.Schema.as_view(), name="api_schema"),
    path("api/docs/", api_pages.Docs.as_view(), name="api_docs"),
    path("api/docs/problems/", api_pages.problems, name="api_problems"),
    path("", include("reports.urls")),
    path("", include("refunds.urls")),
    path("healthz", health_views.healthz, name="healthz"),
    path("readyz", health_views.readyz, name="readyz"),
]

handler500 = "portal.api.pages.failed"

if settings.STYLEGUIDE:
    from portal.mail_views import letter, outbox
    from portal.styleguide import styleguide

    urlpatterns += [
        path("styleguide/", styleguide, name="styleguide"),
        path("outbox/", outbox, name="outbox"),
        path("outbox/<int:pk>/", letter, name="letter"),
    ]

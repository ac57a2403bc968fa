"""``/api/v1/``: every endpoint, by the app whose rows it shows."""

from django.urls import path, re_path

from accounts.api import deliveries, effects
from listings.api import views as listings
from listings.api.screen import ScreenListing
from portal.api.pages import NoSuchEndpoint
from refunds.api import views as refunds
from reports.api import views as reports
from sellers import api as sellers

urlpatterns = [
    path("pictures", listings.Pictures.as_view(), name="api_pictures"),
    path("listings", listings.Listings.as_view(), name="api_listings"),
    path("listings/screen", ScreenListing.as_view(), name="api_listing_screen"),
    path("listings/<str:listing_id>", listings.OneListing.as_view(), name="api_listing"),
    path("arrivals/<int:arrival_id>", listings.OneArrival.as_view(), name="api_arrival"),
    path("sellers", sellers.Sellers.as_view(), name="api_sellers"),
    path("sellers/<str:seller_id>", sellers.OneSeller.as_view(), name="api_seller"),
    path("orders", refunds.Orders.as_view(), name="api_orders"),
    path("orders/<int:line_id>", refunds.OneOrderLine.as_view(), name="api_order_line"),
    path("reports", reports.Reports.as_view(), name="api_reports"),
    path("reports/<int:report_id>", reports.OneReport.as_view(), name="api_report"),
    path("cases", reports.Cases.as_view(), name="api_cases"),
    path("cases/<int:case_id>", reports.OneCase.as_view(), name="api_case"),
    path("decisions", reports.Decisions.as_view(), name="api_decisions"),
    path("reason-codes", reports.ReasonCodesView.as_view(), name="api_reason_codes"),
    path("effects", effects.Effects.as_view(), name="api_effects"),
    path("effects/<int:effect_id>", effects.OneEffect.as_view(), name="api_effect"),
    path("effects/<int:effect_id>/confirm", effects.ConfirmEffect.as_view(), name="api_effect_confirm"),
    path("effects/<int:effect_id>/fail", effects.FailEffect.as_view(), name="api_effect_fail"),
    path("events", deliveries.Catalogue.as_view(), name="api_events"),
    path("webhooks/endpoints", deliveries.Endpoints.as_view(), name="api_webhook_endpoints"),
    path("webhooks/deliveries", deliveries.Deliveries.as_view(), name="api_deliveries"),
    path("webhooks/deliveries/<int:delivery_id>", deliveries.OneDelivery.as_view(), name="api_delivery"),
    path("webhooks/deliveries/<int:delivery_id>/resend", deliveries.Resend.as_view(), name="api_resend"),
    path("webhooks/test", deliveries.SendTest.as_view(), name="api_webhook_test"),
    # Last: what is none of these is refused in the API's own shape.
    re_path("", NoSuchEndpoint.as_view(), name="api_nowhere"),
]

"""Addresses of the parties' pages and of reporting. Who may open which stands in ``portal/doors.py``."""

from django.urls import path

from reports.parties import seller_views, shop_views, track_views
from reports.public import embed_files, embed_views
from reports.public import views as public_views

urlpatterns = [
    path("report/", public_views.start, name="report_start"),
    path("report/<str:code>/", public_views.receipt, name="report_receipt"),
    path("report/<str:marketplace>/<str:external_id>/", public_views.listing, name="report_listing"),
    path("embed/report.js", embed_files.button, name="embed_button"),
    path("embed/proof.js", embed_files.proof, name="embed_proof"),
    path("embed/v1/reports", embed_views.file, name="embed_file"),
    path("embed/v1/reports/<slug:act>", embed_views.act, name="embed_act"),
    path("seller/", seller_views.home, name="seller_home"),
    path("seller/confirm/", seller_views.confirm, name="seller_confirm"),
    path("seller/confirm/again/", seller_views.send_again, name="seller_send_again"),
    path("seller/enter/", shop_views.enter, name="seller_enter"),
    path("seller/shops/<int:seller_id>/", shop_views.shop, name="seller_shop"),
    path("seller/leave/", seller_views.leave, name="seller_leave"),
    path("seller/cases/<int:allegation_id>/", seller_views.case, name="seller_case"),
    path("seller/cases/<int:allegation_id>/explanation/", seller_views.explanation, name="seller_explanation"),
    path("seller/cases/<int:allegation_id>/documents/", seller_views.documents, name="seller_documents"),
    path("seller/cases/<int:allegation_id>/extension/", seller_views.extension, name="seller_extension"),
    path("seller/cases/<int:allegation_id>/appeal/", seller_views.appeal, name="seller_appeal"),
    path("seller/<slug:secret>/", seller_views.door, name="seller_door"),
    path("track/", track_views.enter, name="track_enter"),
    path("track/<str:code>/", track_views.track, name="track"),
    path("track/<str:code>/answers/<int:inquiry_id>/", track_views.answer, name="track_answer"),
    path("track/<str:code>/<int:allegation_id>/withdraw/", track_views.withdraw, name="track_withdraw"),
    path("track/<str:code>/<int:allegation_id>/appeal/", track_views.appeal, name="track_appeal"),
]

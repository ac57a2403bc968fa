"""Addresses of the buyers' pages. Who may open which stands in ``portal/doors.py``."""

from django.urls import path

from refunds import views

urlpatterns = [
    path("refunds/enter/", views.enter, name="refund_enter"),
    path("refunds/orders/<int:line_id>/", views.order, name="refund_order"),
    path("refunds/leave/", views.leave, name="refund_leave"),
]

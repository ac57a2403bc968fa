"""Reporting for anyone, without an account: the pages under ``/report/`` and what the button on product pages asks.

``visits`` knows who clicks, ``targets`` what is reported, ``receipts`` what is shown afterwards and added; pages and
endpoints ask one service each.
"""

"""The pages of the parties without an account: sellers by link and code, complainants by tracking code.

What a party may know is decided in ``seller_page`` and ``track_page``, which read rows and hand plain values to the
templates; forms, uploads and views ask one service each.
"""

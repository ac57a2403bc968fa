"""Bringing files of brands, listings and orders in: JSON Lines or CSV, with a folder of pictures.

``source`` reads rows, ``brand_rows``, ``listing_rows`` and ``order_rows`` check them, ``pictures`` takes the files in
through the evidence pool, ``run`` writes one row a transaction and reports. A bad row is named by its line and harms no
other.
"""

"""What every endpoint of the API stands on: keys and scopes, one error shape, idempotency, limits, paging, and its
description. Endpoints live in the app whose rows they show (``listings/api``, ``reports/api``, …).
"""

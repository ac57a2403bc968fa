"""Writes of cases, one file a subject."""

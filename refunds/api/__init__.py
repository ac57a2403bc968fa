"""Order lines over the API: brought in many at a time, read back, followed by what changed."""

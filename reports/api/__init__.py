"""Reports, cases and decisions over the API, as far as a marketplace may see them."""

"""The demonstration: invented brands, drawn pictures and made-up listings, brought in as real ones are."""

"""The demonstration: invented brands, drawn pictures and made-up listings, brought in by the doors that real ones use."""

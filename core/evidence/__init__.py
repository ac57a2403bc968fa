"""Evidence: files taken in once, kept by content, decoded in limited children, shown only as safe copies."""

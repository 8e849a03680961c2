"""A client's files: read, explained, kept."""

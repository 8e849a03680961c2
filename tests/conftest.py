"""Being here puts tests/ on the path, so that every room's tests can import `builders`."""

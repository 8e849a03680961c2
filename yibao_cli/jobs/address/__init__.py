"""The address book: cleaned, looked into, decided and reviewed; the post's own tables."""

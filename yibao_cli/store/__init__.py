"""What is kept: files, imports, packages, the database, the audit trail."""

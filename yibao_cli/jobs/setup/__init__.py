"""What is there before the first file: a workspace, its kinds, invented data."""

"""Files that are encrypted at rest 静态加密, where a workspace has a key.

keys      the key itself, and which one belongs to a path
stream    the format: chunks of AES-256-GCM under a key of the file's own
values    single texts in the tables of a server: AES-256-SIV
files     opened for reading and writing, sealed or plain, without the caller knowing
engine    the same for DuckDB
What a file says, and so its hash, is the same sealed and plain. See docs/privacy.md.
"""

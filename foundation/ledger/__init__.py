"""The public append-only log in the database: rows wait for their place, one sequencer signs, files are published.

The formats are those of the `tlog` package. Whoever changes something that the public may check (a letter, a paper, a
score) calls `actions.append` in the same transaction; the entry's place in the log follows by itself.
"""

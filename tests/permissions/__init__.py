"""Every address of ours, tried as every role, against the table in docs/permissions.md."""

"""`/scim/v2/`: personnel systems keep people by SCIM 2 (RFC 7643, RFC 7644)."""

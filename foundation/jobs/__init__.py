"""The transactional outbox: background work that survives."""

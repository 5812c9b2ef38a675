"""Commands of dashboards."""

"""The bulletin 信用工作简报."""

"""Messages to people, each channel with a delivery log."""

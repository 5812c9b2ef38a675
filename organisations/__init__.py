"""The tree of units and who belongs where."""

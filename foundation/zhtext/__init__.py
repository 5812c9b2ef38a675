"""Chinese text: bigrams for search, word breaks for headings, character repair, masking. Pure Python."""

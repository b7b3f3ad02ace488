"""The pages that an administrator edits: their text, what became of it, and every text that they had before."""

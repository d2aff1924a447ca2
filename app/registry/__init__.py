"""Which models there are, where their files are, and how each is to be asked."""

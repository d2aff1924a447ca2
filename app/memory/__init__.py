"""What the assistant remembers and puts before a model. Knows no engine's inside and no window."""

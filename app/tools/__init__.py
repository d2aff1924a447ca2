"""What the assistant can do besides talking: schemas, the built-in tools, and the commands that need no model."""

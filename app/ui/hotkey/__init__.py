"""The key to talk: in the window always, everywhere else where the system allows it."""

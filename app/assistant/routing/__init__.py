"""Which role a turn is for, by a small trained classifier. Knows no model, no tool and no conversation."""

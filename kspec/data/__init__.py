"""From sources to the arrays and datasets that a model is fed."""

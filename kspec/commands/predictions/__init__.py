"""Predictions on their way into files: what is written of them, and how each kind of file has it."""

"""The run folder: its files, its state, its listing."""

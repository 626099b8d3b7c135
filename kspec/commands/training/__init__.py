"""A training: its job, its run folder, its end, and its going on."""

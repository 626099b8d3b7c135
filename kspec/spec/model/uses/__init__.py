"""What a step may apply, one kind in each module."""

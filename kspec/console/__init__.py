"""The console shows: everything that a person reads on screen."""

"""A sweep: many trainings of one spec."""

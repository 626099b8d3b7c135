"""The picture of a data set: its classes by part, some of its images, and how its numbers and texts are spread."""

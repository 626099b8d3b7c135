"""What the fields of some rows are like, gathered a piece at a time, so that memory stays the same for any number."""

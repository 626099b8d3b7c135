"""Shapes of what operations of `keras.ops` give."""

"""kspec: train Keras models from a spec."""

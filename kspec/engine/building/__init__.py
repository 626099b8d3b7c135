"""From a checked graph to a Keras model, compiled and with its weights."""

"""How training steps are taken: many in one call of TensorFlow, or by Keras' own `fit`."""

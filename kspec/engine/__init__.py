"""From a checked spec to Keras: building, training, evaluating, predicting."""

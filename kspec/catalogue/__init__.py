"""What Keras offers: names, arguments, defaults. Generated; never imports TensorFlow."""

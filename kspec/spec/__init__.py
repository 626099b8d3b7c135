"""The language: documents, checks and the checked spec. Never imports TensorFlow."""

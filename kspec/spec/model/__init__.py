"""The `model` section: a list of steps, wired and numbered into a graph."""

from kspec.spec.model.reader import ModelReader, ModelReading

__all__ = ["ModelReader", "ModelReading"]

"""Measuring how a model trains."""

"""Specs to start from: the templates that are shipped, and one made for a table."""

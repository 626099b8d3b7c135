"""The whole language as a JSON Schema, for editors that complete, explain and check a spec while it is written."""

from kspec.spec.schema.document import build_schema

__all__ = ["build_schema"]

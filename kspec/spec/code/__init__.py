"""Components of one's own, from Python files that the command line names. Here they are read, never run."""

from kspec.spec.code.files import CodeFile
from kspec.spec.code.reading import OwnCode, read_code, with_code

__all__ = ["CodeFile", "OwnCode", "read_code", "with_code"]

"""Rows that a trained model is given: read once, a piece at a time, in the types that training saw."""

from kspec.data.given.opening import FORMATS, STANDARD_INPUT, Reader, open_rows
from kspec.data.given.piece import Piece
from kspec.data.given.wanted import Wanted

__all__ = ["FORMATS", "STANDARD_INPUT", "Piece", "Reader", "Wanted", "open_rows"]

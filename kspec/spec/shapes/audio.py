"""Spectrograms."""

from __future__ import annotations

from kspec.spec.shapes.calls import Call, Result, Unsure


def mel_spectrogram(call: Call) -> Result:
    """`MelSpectrogram`: a row of samples into frequencies and times."""
    shape = call.shape
    if shape is None or len(shape) != 2:
        raise Unsure
    stride = call.whole("sequence_stride")
    times = (shape[1] + stride + 1) // stride if isinstance(shape[1], int) else shape[1]
    return (shape[0], call.whole("num_mel_bins"), times)

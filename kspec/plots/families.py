"""Families of layers and their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A family of layers: its name in the legend, the colour of a box' head and that of its body."""

    name: str
    head: str
    body: str


INPUT = Family("input", "#64748b", "#e2e8f0")
CONVOLUTION = Family("convolution", "#2563eb", "#dbeafe")
DENSE = Family("dense", "#7c3aed", "#ede9fe")
RECURRENT = Family("recurrent", "#15803d", "#dcfce7")
ATTENTION = Family("attention", "#b45309", "#fef3c7")
EMBEDDING = Family("embedding", "#0e7490", "#cffafe")
NORMALIZATION = Family("normalization", "#0f766e", "#ccfbf1")
ACTIVATION = Family("activation", "#c2410c", "#ffedd5")
POOLING = Family("pooling", "#dc2626", "#fee2e2")
MERGE = Family("merge", "#db2777", "#fce7f3")
DROPOUT = Family("dropout and noise", "#78716c", "#f5f5f4")
SHAPE = Family("shape", "#8494ab", "#f1f5f9")
PREPROCESSING = Family("preprocessing", "#4d7c0f", "#ecfccb")
OTHER = Family("other", "#334155", "#f1f5f9")

FAMILIES = (
    INPUT,
    PREPROCESSING,
    EMBEDDING,
    CONVOLUTION,
    DENSE,
    RECURRENT,
    ATTENTION,
    NORMALIZATION,
    ACTIVATION,
    POOLING,
    MERGE,
    DROPOUT,
    SHAPE,
    OTHER,
)

_KINDS = {
    "InputLayer": INPUT,
    **dict.fromkeys(("Dense", "EinsumDense"), DENSE),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), RECURRENT),
    **dict.fromkeys(("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"), RECURRENT),
    **dict.fromkeys(("Embedding", "ReversibleEmbedding"), EMBEDDING),
    **dict.fromkeys(("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Relu", "Gelu", "Silu"), ACTIVATION),
    **dict.fromkeys(("Sigmoid", "Tanh"), ACTIVATION),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"), MERGE),
    **dict.fromkeys(("Reshape", "Flatten", "Permute", "RepeatVector", "Transpose", "ExpandDims", "Squeeze"), SHAPE),
    **dict.fromkeys(("GetItem", "Stack", "Split", "Masking", "Identity"), SHAPE),
    **dict.fromkeys(("GaussianNoise", "ActivityRegularization"), DROPOUT),
    **dict.fromkeys(
        ("Normalization", "Rescaling", "Resizing", "CenterCrop", "Discretization", "Hashing"), PREPROCESSING
    ),
    **dict.fromkeys(("CategoryEncoding", "HashedCrossing", "IntegerLookup", "StringLookup"), PREPROCESSING),
    **dict.fromkeys(("TextVectorization", "MelSpectrogram", "STFTSpectrogram", "Pipeline"), PREPROCESSING),
    **dict.fromkeys(("RandAugment", "AugMix", "MixUp", "CutMix", "MaxNumBoundingBoxes"), PREPROCESSING),
    **dict.fromkeys(("AutoContrast", "Equalization", "Solarization"), PREPROCESSING),
}

_PARTS = (
    ("Random", PREPROCESSING),
    ("Conv", CONVOLUTION),
    ("Pool", POOLING),
    ("Normalization", NORMALIZATION),
    ("Attention", ATTENTION),
    ("Dropout", DROPOUT),
    ("Embedding", EMBEDDING),
    ("UpSampling", SHAPE),
    ("ZeroPadding", SHAPE),
    ("Cropping", SHAPE),
)


def family_of(kind: str, details: Sequence[str] = ()) -> Family:
    """Return the family of a layer.

    Args:
        kind: Class name of the layer.
        details: What matters of its arguments; a wrapper names there first what it wraps.
    """
    if kind in ("TimeDistributed", "Bidirectional", "SpectralNormalization") and details:
        return family_of(details[0])
    if kind in _KINDS:
        return _KINDS[kind]
    return next((family for part, family in _PARTS if part in kind), OTHER)

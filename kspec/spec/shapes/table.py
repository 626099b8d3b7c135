"""Which rule tells the shape of what each layer of Keras gives. A layer that is not here gives a shape unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from kspec.spec.shapes import (
    attention,
    audio,
    convolution,
    encoding,
    images,
    keeping,
    merging,
    padding,
    pooling,
    recurrent,
    reshaping,
    weighted,
    wrappers,
)
from kspec.spec.shapes.calls import Call, Result

Rule = Callable[[Call], Result]


def _by_axes(name: str, make: Callable[[int], Rule], counts: Iterable[int] = (1, 2, 3)) -> dict[str, Rule]:
    """Return the rules of layers that count their spatial axes in their names: `name` has `{}` for the number."""
    return {name.format(count): make(count) for count in counts}


LAYERS: Mapping[str, Rule] = {
    # that keep the shape
    **dict.fromkeys(
        (
            "Activation", "ActivityRegularization", "AlphaDropout", "Dropout", "ELU", "GaussianDropout",
            "GaussianNoise", "LeakyReLU", "Masking", "ReLU", "Rescaling", "Softmax",
            "AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "Equalization",
            "MixUp", "RandAugment", "RandomBrightness", "RandomColorJitter", "RandomContrast", "RandomElasticTransform",
            "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert",
            "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness",
            "RandomShear", "RandomTranslation", "RandomZoom", "Solarization",
        ),
        keeping.same,
    ),
    "Identity": keeping.identity,
    "Normalization": keeping.normalization,
    "PReLU": keeping.prelu,
    "BatchNormalization": keeping.batch_normalization,
    "GroupNormalization": keeping.group_normalization,
    "LayerNormalization": keeping.layer_normalization,
    "RMSNormalization": keeping.layer_normalization,
    "UnitNormalization": keeping.along_axes,
    **_by_axes("SpatialDropout{}D", lambda count: keeping.same_of_rank(count + 2)),
    # with weights
    "Dense": weighted.dense,
    "EinsumDense": weighted.einsum_dense,
    "Embedding": weighted.embedding,
    "ReversibleEmbedding": weighted.reversible_embedding,
    **_by_axes("Conv{}D", convolution.convolution),
    **_by_axes("Conv{}DTranspose", convolution.transposed),
    **_by_axes("DepthwiseConv{}D", convolution.depthwise, (1, 2)),
    **_by_axes("SeparableConv{}D", convolution.separable, (1, 2)),
    # over spatial axes
    **_by_axes("AveragePooling{}D", pooling.pooling),
    **_by_axes("MaxPooling{}D", pooling.pooling),
    **_by_axes("GlobalAveragePooling{}D", pooling.global_pooling),
    **_by_axes("GlobalMaxPooling{}D", pooling.global_pooling),
    **_by_axes("AdaptiveAveragePooling{}D", pooling.adaptive_pooling),
    **_by_axes("AdaptiveMaxPooling{}D", pooling.adaptive_pooling),
    **_by_axes("ZeroPadding{}D", padding.zero_padding),
    **_by_axes("Cropping{}D", padding.cropping),
    **_by_axes("UpSampling{}D", padding.up_sampling),
    # into another shape
    "Flatten": reshaping.flatten,
    "Permute": reshaping.permute,
    "RepeatVector": reshaping.repeat_vector,
    "Reshape": reshaping.reshape,
    # over sequences
    "GRU": recurrent.recurrent,
    "LSTM": recurrent.recurrent,
    "SimpleRNN": recurrent.recurrent,
    "RNN": recurrent.around_cells,
    "Bidirectional": recurrent.bidirectional,
    **_by_axes("ConvLSTM{}D", recurrent.convolutional),
    "TimeDistributed": wrappers.time_distributed,
    "SpectralNormalization": wrappers.spectral_normalization,
    # of several results
    **dict.fromkeys(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"), merging.elementwise),
    "Concatenate": merging.concatenate,
    "Dot": merging.dot,
    "AdditiveAttention": attention.attention,
    "Attention": attention.attention,
    "GroupQueryAttention": attention.grouped,
    "MultiHeadAttention": attention.multi_head,
    # of data
    "CategoryEncoding": encoding.category_encoding,
    "Discretization": encoding.discretization,
    "HashedCrossing": encoding.hashed_crossing,
    "Hashing": encoding.hashing,
    "IntegerLookup": encoding.lookup,
    "StringLookup": encoding.lookup,
    "TextVectorization": encoding.text_vectorization,
    "CenterCrop": images.resized,
    "RandomColorDegeneration": images.coloured,
    "RandomCrop": images.resized,
    "Resizing": images.resized,
    "MelSpectrogram": audio.mel_spectrogram,
}  # fmt: skip
"""Rules of layers by their canonical names."""

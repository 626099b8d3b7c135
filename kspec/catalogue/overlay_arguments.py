"""What Keras' own text does not say about single arguments, or says in a way that cannot be read for sure.

The generator lays this over what it reads from signatures and documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

DTYPES: Final = (
    "float16", "float32", "float64", "bfloat16", "float8_e4m3fn", "float8_e5m2", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool", "string", "complex64", "complex128",
)  # fmt: skip
"""Types of the numbers in a tensor."""

_QUANTIZED = [
    f"{mode}_from_{source}"
    for mode in ("int8", "int4", "float8")
    for source in ("float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16")
    if (mode, source) not in (("int8", "float16"), ("int8", "mixed_float16"))
]
_MODES = ("int8", "float8")
POLICIES: Final = (
    *(name for name in DTYPES if not name.startswith(_MODES)), "mixed_float16", "mixed_bfloat16", *_QUANTIZED,
)  # fmt: skip
"""Names of the dtype policies that layers, losses and metrics take."""

_OBJECT: Final[Mapping[str, Any]] = {"types": ["null"]}
"""It takes a Python object, which a spec cannot hold."""

BY_NAME: Final[Mapping[str, Mapping[str, Any]]] = {
    "name": {"types": ["str", "null"]},
    "dtype": {"types": ["str", "dict", "null"], "choices": POLICIES},
    "seed": {"types": ["int", "null"]},
    "data_format": {"types": ["str", "null"], "choices": ["channels_last", "channels_first"]},
    "trainable": {"types": ["bool"]},
    "value_range": {"types": ["list"]},
    "learning_rate": {"minimum": 0, "above": True},
    "verbose": {"types": ["int", "bool"], "choices": []},
    "kernel_size": {"types": ["int", "list"]},
    "pool_size": {"types": ["int", "list"]},
    "strides": {"types": ["int", "list", "null"]},
    "dilation_rate": {"types": ["int", "list"]},
    "axis": {"types": ["int", "list", "null"]},
    "axes": {"types": ["int", "list", "null"]},
    "reduction": {
        "types": ["str", "null"],
        "choices": ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"],
    },
    "classes": {"types": ["int"], "minimum": 1},
    "cluster_resolver": _OBJECT,
    "communication_options": _OBJECT,
    "cross_device_ops": _OBJECT,
    "encoding": {"types": ["str"]},
    "flash_attention": {"types": ["bool", "null"]},
    "idf_weights": {"types": ["list", "null"]},
    "input_axes": {"types": ["list", "null"]},
    "input_tensor": _OBJECT,
    "max_tokens": {"types": ["int", "null"], "minimum": 1},
    "noise_shape": {"types": ["list", "null"]},
    "output_axes": {"types": ["list", "null"]},
    "quantization_config": _OBJECT,
    "salt": {"types": ["int", "list", "null"]},
    "thresholds": {"types": ["float", "list", "null"], "minimum": 0, "maximum": 1},
}
"""What is said of an argument by its name alone, wherever the documentation says less or something else."""

_RESIZING: Final = ["area", "bicubic", "bilinear", "lanczos3", "lanczos5", "nearest"]
_AVERAGES: Final = ["micro", "macro", "weighted"]

ARGUMENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ModelCheckpoint.filepath": {"types": ["str"], "writes": True},
    "BackupAndRestore.backup_dir": {"types": ["str"], "writes": True},
    "CSVLogger.filename": {"types": ["str"], "writes": True},
    "TensorBoard.log_dir": {"types": ["str"], "writes": True},
    "OrbaxCheckpoint.directory": {"types": ["str"], "writes": True},
    "TensorBoard.embeddings_metadata": {"types": ["str", "dict", "null"]},
    "OptimizerMap.optimizer_map": {"types": ["dict", "null"], "many": True},
    "EarlyStopping.monitor": {"types": ["str"]},
    "ModelCheckpoint.monitor": {"types": ["str"]},
    "OrbaxCheckpoint.monitor": {"types": ["str"]},
    "LearningRateScheduler.schedule": {"types": []},
    "AugMix.factor": {"types": ["float", "list"]},
    "RandAugment.factor": {"types": ["float", "list"]},
    "RandomPosterization.factor": {"types": ["float", "list"]},
    "Resizing.interpolation": {"choices": _RESIZING},
    "UpSampling2D.interpolation": {"choices": _RESIZING},
    "GaussianDropout.rate": {"minimum": 0, "maximum": 1},
    "SGD.momentum": {"minimum": 0, "maximum": 1},
    "RandomElasticTransform.fill_mode": {"choices": ["constant", "mirror", "nearest", "reflect", "wrap"]},
    "Reshape.target_shape": {"types": ["list"]},
    "Input.shape": {"types": ["list", "null"]},
    "Input.batch_size": {"types": ["int", "null"]},
    "fit.epochs": {"types": ["int"], "minimum": 1},
    "fit.initial_epoch": {"types": ["int"], "minimum": 0},
    "fit.batch_size": {"types": ["int", "null"], "minimum": 1},
    "fit.steps_per_epoch": {"types": ["int", "null"], "minimum": 1},
    "fit.class_weight": {"types": []},
    "fit.sample_weight": {"types": []},
    "fit.validation_split": {"types": []},
    "fit.shuffle": {"types": ["bool", "str"], "choices": ["batch"]},
    "evaluate.batch_size": {"types": ["int", "null"], "minimum": 1},
    "predict.batch_size": {"types": ["int", "null"], "minimum": 1},
    "AUC.curve": {"types": ["str"], "choices": ["ROC", "PR"]},
    "AUC.summation_method": {"types": ["str"], "choices": ["interpolation", "minoring", "majoring"]},
    "AugMix.interpolation": {"types": ["str"], "choices": ["nearest", "bilinear"]},
    "BackupAndRestore.save_freq": {"types": ["int", "str"], "choices": ["epoch"]},
    "Bidirectional.weights": {"types": ["list", "null"]},
    "Conv3DTranspose.output_padding": {"types": ["int", "list", "null"]},
    "EarlyStopping.baseline": {"types": ["float", "null"]},
    "EinsumDense.equation": {"types": ["str"]},
    "EinsumDense.gptq_unpacked_column_size": {"types": ["int", "null"]},
    "EinsumDense.lora_alpha": {"types": ["float", "null"]},
    "EinsumDense.output_shape": {"types": ["int", "list"]},
    "Embedding.weights": {"types": ["list", "null"]},
    "F1Score.average": {"types": ["str", "null"], "choices": _AVERAGES},
    "F1Score.threshold": {"types": ["float", "null"], "minimum": 0, "maximum": 1},
    "FBetaScore.average": {"types": ["str", "null"], "choices": _AVERAGES},
    "FBetaScore.threshold": {"types": ["float", "null"], "minimum": 0, "maximum": 1},
    "Hashing.mask_value": {"types": ["int", "str", "null"]},
    "Input.batch_shape": {"types": ["list", "null"]},
    "Input.dtype": {"types": ["str", "null"], "choices": DTYPES},
    "Input.tensor": _OBJECT,
    "IntegerLookup.oov_method": {"types": ["str"], "choices": ["floormod", "farmhash"]},
    "IntegerLookup.oov_token": {"types": ["int"]},
    "IntegerLookup.vocabulary_dtype": {"types": ["str"], "choices": ["int64"]},
    "InverseTimeDecay.decay_steps": {"types": ["float"], "minimum": 0, "above": True},
    "Masking.mask_value": {"types": ["float"]},
    "MaxNumBoundingBoxes.fill_value": {"types": ["float"]},
    "ModelCheckpoint.save_freq": {"types": ["int", "str"], "choices": ["epoch"]},
    "MultiHeadAttention.attention_axes": {"types": ["int", "list", "null"]},
    "MultiHeadAttention.output_shape": {"types": ["int", "list", "null"]},
    "MultiOptimizer.loss_scale_factor": {"types": ["float", "null"]},
    "Normalization.mean": {"types": ["float", "list", "null"]},
    "Normalization.variance": {"types": ["float", "list", "null"]},
    "OneDeviceStrategy.device": {"types": ["str"]},
    "OrbaxCheckpoint.save_freq": {"types": ["int", "str"], "choices": ["epoch"]},
    "PReLU.shared_axes": {"types": ["int", "list", "null"]},
    "Precision.top_k": {"types": ["int", "null"], "minimum": 1},
    "RandAugment.interpolation": {"types": ["str"], "choices": ["nearest", "bilinear"]},
    "RandomErasing.fill_value": {"types": ["float", "list", "null"]},
    "Recall.top_k": {"types": ["int", "null"], "minimum": 1},
    "Resizing.fill_mode": {"types": ["str"], "choices": ["constant"]},
    "ReversibleEmbedding.logit_soft_cap": {"types": ["float", "null"]},
    "ReversibleEmbedding.reverse_dtype": {"types": ["str", "dict", "null"], "choices": POLICIES},
    "SparseCategoricalCrossentropy.ignore_class": {"types": ["int", "null"]},
    "StringLookup.mask_token": {"types": ["str", "null"]},
    "StringLookup.oov_token": {"types": ["str"]},
    "TextVectorization.ngrams": {"types": ["int", "list", "null"]},
    "TextVectorization.output_sequence_length": {"types": ["int", "null"], "minimum": 1},
    "TextVectorization.split": {"types": ["str", "null"], "choices": ["whitespace", "character"]},
    "TextVectorization.standardize": {
        "types": ["str", "null"],
        "choices": ["lower_and_strip_punctuation", "lower", "strip_punctuation"],
    },
    "applications:input_shape": {"types": ["list", "null"]},
    "applications:pooling": {"types": ["str", "null"], "choices": ["avg", "max"]},
    "ops:dtype": {"types": ["str", "null"], "choices": DTYPES},
    "applications:weights": {"types": ["str", "null"], "reads": True},
    "StringLookup.vocabulary": {"types": ["list", "str", "null"], "reads": True},
    "IntegerLookup.vocabulary": {"types": ["list", "str", "null"], "reads": True},
    "TextVectorization.vocabulary": {"types": ["list", "str", "null"], "reads": True},
}
"""What is said of one argument, `Component.argument` or `family:argument`. Laid over everything else."""

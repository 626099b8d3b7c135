"""Names that older Keras programs use, and what stands in their place today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["argument", "component", "word"]

_GONE = "leave it out: "

ARGUMENTS: Mapping[str, str] = {
    "lr": "learning_rate",
    "nb_epoch": "epochs",
    "nb_filter": "filters",
    "nb_filters": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "stride": "strides",
    "filter_length": "kernel_size",
    "pool_length": "pool_size",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "bias": "use_bias",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "U_constraint": "recurrent_constraint",
    "b_constraint": "bias_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "beta1": "beta_1",
    "beta2": "beta_2",
    "p": "rate",
    "loss_weight": "loss_weights",
    "expand_dim": "expand_nested",
    "decay": "it is a schedule today: `learning_rate: {InverseTimeDecay: {initial_learning_rate: LR, decay_steps: 1, "
    "decay_rate: DECAY}}` computes the same",
    "epsilon_decay": "use a schedule for `learning_rate`",
    "input_length": _GONE + "Keras takes the length from the input",
    "consume_less": _GONE + "Keras chooses by itself",
    "implementation": _GONE + "Keras has one implementation of its recurrent layers",
    "sample_weight_mode": _GONE + "the shape of the sample weights says it",
    "target_tensors": _GONE + "targets are named under `data`",
    "workers": _GONE + "loading is done ahead of training by itself",
    "nb_worker": _GONE + "loading is done ahead of training by itself",
    "use_multiprocessing": _GONE + "loading is done ahead of training by itself",
    "max_queue_size": _GONE + "loading is done ahead of training by itself",
    "max_q_size": _GONE + "loading is done ahead of training by itself",
    "samples_per_epoch": "use `steps_per_epoch`, counted in batches",
    "nb_val_samples": "use `validation_steps`, counted in batches",
    "experimental_steps_per_execution": "steps_per_execution",
    "experimental_run_tf_function": _GONE + "it has no effect any more",
    "batch_input_shape": "write `input: {shape: [...]}` beside `layers`, without the batch axis",
    "training": _GONE + "Keras ignores it in fit and predict; `trainable: false` freezes a layer",
}
"""For an old argument of any component: its name today, or a sentence that says what to do."""

ARGUMENTS_OF: Mapping[str, Mapping[str, str]] = {
    "Dense": {"output_dim": "units"},
    "LSTM": {"output_dim": "units"},
    "GRU": {"output_dim": "units"},
    "SimpleRNN": {"output_dim": "units"},
    "Conv1D": {"nb_row": "kernel_size"},
    "Conv2D": {
        "nb_row": "use `kernel_size: [ROWS, COLUMNS]`",
        "nb_col": "use `kernel_size: [ROWS, COLUMNS]`",
    },
    "LeakyReLU": {"alpha": "negative_slope"},
    "BatchNormalization": {"mode": _GONE + "there is one mode", "gamma_init": "gamma_initializer"},
    "UpSampling1D": {"length": "size"},
    "EarlyStopping": {"epsilon": "min_delta"},
    "ReduceLROnPlateau": {"epsilon": "min_delta", "lr": "min_lr"},
    "ModelCheckpoint": {"period": "save_freq"},
    "TensorBoard": {"write_grads": _GONE + "Keras no longer writes gradients", "batch_size": _GONE + "unused"},
    "TruncatedNormal": {"std": "stddev"},
    "MaxNorm": {"m": "max_value"},
}
"""The same for an argument that has this meaning in one component only. Looked at first."""

COMPONENTS: Mapping[str, str] = {
    "MaxPooling": "use `MaxPooling1D`, `MaxPooling2D` or `MaxPooling3D`",
    "MaxPool": "use `MaxPooling1D`, `MaxPooling2D` or `MaxPooling3D`",
    "AveragePooling": "use `AveragePooling1D`, `AveragePooling2D` or `AveragePooling3D`",
    "Conv": "use `Conv1D`, `Conv2D` or `Conv3D`",
    "Convolution": "use `Conv1D`, `Conv2D` or `Conv3D`",
    "UpSampling": "use `UpSampling1D`, `UpSampling2D` or `UpSampling3D`",
    "ZeroPadding": "use `ZeroPadding1D`, `ZeroPadding2D` or `ZeroPadding3D`",
    "GlobalMaxPooling": "use `GlobalMaxPooling1D`, `GlobalMaxPooling2D` or `GlobalMaxPooling3D`",
    "GlobalAveragePooling": "use `GlobalAveragePooling1D`, `GlobalAveragePooling2D` or `GlobalAveragePooling3D`",
    "BatchNorm": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "GroupNorm": "GroupNormalization",
    "RMSNorm": "RMSNormalization",
    "AtrousConvolution1D": "use `Conv1D` with `dilation_rate`",
    "AtrousConvolution2D": "use `Conv2D` with `dilation_rate`",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "TimeDistributedDense": "Dense",
    "MaxoutDense": "use `Dense`, `Reshape` and `ops.max`",
    "Merge": "use `Add`, `Concatenate`, `Multiply`, `Average`, `Maximum`, `Subtract` or `Dot`",
    "ThresholdedReLU": "use `ReLU` with `threshold`",
    "ParametricSoftplus": "use `Activation: softplus`",
    "LocallyConnected1D": "Keras no longer has it; `Conv1D` is the nearest",
    "LocallyConnected2D": "Keras no longer has it; `Conv2D` is the nearest",
    "RandomHeight": "use `RandomZoom` with `height_factor`",
    "RandomWidth": "use `RandomZoom` with `width_factor` and `height_factor: 0`",
    "Input": "inputs are written as `input: {shape: [...]}` or under `inputs:`, beside `layers`",
    "CosineProximity": "CosineSimilarity",
    "SGDW": "use `SGD` with `weight_decay`",
    "MeanRelativeError": "use `MeanAbsolutePercentageError`",
    "LogCoshError": "use `LogCosh`",
    "BaseLogger": "Keras averages metrics by itself; leave it out",
    "ExperimentalBackupAndRestore": "BackupAndRestore",
    "WeightRegularizer": "use `L1`, `L2` or `L1L2`",
}
"""For an old or half-remembered component: its name today, or a sentence that says what to use."""

WORDS: Mapping[str, str] = {
    "logcosh": "log_cosh",
    "cosine_proximity": "cosine_similarity",
    "kullback_leibler_divergence": "kl_divergence",
    "maxnorm": "max_norm",
    "unitnorm": "unit_norm",
    "nonneg": "non_neg",
    "l1l2": "l1_l2",
    "activity_l1": "l1",
    "activity_l2": "l2",
    "identity": "linear",
    "rmse": "use `RootMeanSquaredError`",
    "f1": "use `F1Score`",
    "fmeasure": "use `F1Score`",
    "top_k_accuracy": "top_k_categorical_accuracy",
}
"""For an old or mistaken lower-case word: the one to use, or a sentence."""


def renamed(kind: Kind, name: str, *, component: str | None = None) -> str | None:
    """Return a hint for a name that older programs use, or None where nothing is known.

    Args:
        kind: What the name was written as.
        name: The old name.
        component: For an argument, the component that it was given to.

    Returns:
        A sentence without a full stop, such as ``it is called `learning_rate` ``. It may name an argument
        that this component does not have: ask for a hint only where the old name was refused.
    """
    new = new_name(kind, name, component=component)
    if new is None:
        return None
    return f"it is called `{new}`" if new.isidentifier() else new


def new_name(kind: Kind, name: str, *, component: str | None = None) -> str | None:
    """Return the table's entry for an old name: an identifier where one name took its place, else a sentence."""
    if kind == "component":
        return COMPONENTS.get(name)
    if kind == "word":
        return WORDS.get(name)
    return ARGUMENTS_OF.get(component or "", {}).get(name) or ARGUMENTS.get(name)

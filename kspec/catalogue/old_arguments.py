"""Arguments that older Keras programs use, or that other frameworks have, and what stands in their place today."""

from __future__ import annotations

from collections.abc import Mapping

_GONE = "leave it out: "
_LOADING = _GONE + "loading is done ahead of training by itself"
_FROM_INPUT = _GONE + "Keras takes it from the input"
_BATCH_FIRST = _GONE + "the batch axis always comes first"
_SCHEDULE = (
    "it is a schedule today: `learning_rate: {InverseTimeDecay: {initial_learning_rate: LR, decay_steps: 1, "
    "decay_rate: DECAY}}` computes the same"
)

ARGUMENTS: Mapping[str, str] = {
    "lr": "learning_rate",
    "nb_epoch": "epochs",
    "nb_filter": "filters",
    "nb_filters": "filters",
    "num_filters": "filters",
    "out_channels": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "stride": "strides",
    "filter_length": "kernel_size",
    "filter_size": "kernel_size",
    "pool_length": "pool_size",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "bias": "use_bias",
    "init": "kernel_initializer",
    "initializer": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "act": "activation",
    "nonlinearity": "activation",
    "forget_bias_init": "unit_forget_bias",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "regularizer": "kernel_regularizer",
    "W_constraint": "kernel_constraint",
    "U_constraint": "recurrent_constraint",
    "b_constraint": "bias_constraint",
    "constraint": "kernel_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "hidden": "units",
    "hidden_size": "units",
    "hidden_units": "units",
    "num_hidden": "units",
    "num_units": "units",
    "n_units": "units",
    "out_features": "units",
    "beta1": "beta_1",
    "beta2": "beta_2",
    "eps": "epsilon",
    "p": "rate",
    "std": "stddev",
    "sigma": "stddev",
    "loss_weight": "loss_weights",
    "expand_dim": "expand_nested",
    "input_length": _GONE + "Keras takes the length from the input",
    "in_channels": _FROM_INPUT,
    "in_features": _FROM_INPUT,
    "input_size": _FROM_INPUT,
    "consume_less": _GONE + "Keras chooses by itself",
    "implementation": _GONE + "Keras has one implementation of its recurrent layers",
    "batch_first": _BATCH_FIRST,
    "time_major": _BATCH_FIRST,
    "sample_weight_mode": _GONE + "the shape of the sample weights says it",
    "target_tensors": _GONE + "targets are named under `data`",
    "workers": _LOADING,
    "nb_worker": _LOADING,
    "use_multiprocessing": _LOADING,
    "max_queue_size": _LOADING,
    "max_q_size": _LOADING,
    "samples_per_epoch": "use `steps_per_epoch`, counted in batches",
    "nb_val_samples": "use `validation_steps`, counted in batches",
    "experimental_steps_per_execution": "steps_per_execution",
    "experimental_run_tf_function": _GONE + "it has no effect any more",
    "batch_input_shape": "write `input: {shape: [...]}` beside `layers`, without the batch axis",
    "training": _GONE + "Keras ignores it in fit and predict; `trainable: false` freezes a layer",
}
"""For an old argument of any component: its name today, or a sentence that says what to do."""

_RECURRENT: Mapping[str, str] = {
    "output_dim": "units",
    "bidirectional": "wrap the layer: `Bidirectional: {LSTM: UNITS}`",
    "num_layers": "write the layers one after the other, or `repeat` beside the layer",
}
_EMBEDDING: Mapping[str, str] = {
    "vocab_size": "input_dim",
    "vocabulary_size": "input_dim",
    "num_embeddings": "input_dim",
    "embedding_dim": "output_dim",
    "embedding_size": "output_dim",
    "init": "embeddings_initializer",
    "W_regularizer": "embeddings_regularizer",
    "W_constraint": "embeddings_constraint",
    "dropout": "put a `SpatialDropout1D` layer after it",
}
_POOLING: Mapping[str, str] = {"kernel_size": "pool_size"}
_DECAY: Mapping[str, str] = {
    "lr": "initial_learning_rate",
    "learning_rate": "initial_learning_rate",
    "gamma": "decay_rate",
    "step_size": "decay_steps",
}

ARGUMENTS_OF: Mapping[str, Mapping[str, str]] = {
    "layers": {
        "dropout": "put a `Dropout` layer after it",
        "l1": "write `kernel_regularizer: {L1: ...}`",
        "l2": "write `kernel_regularizer: {L2: ...}`",
        "batch_normalization": "put a `BatchNormalization` layer after it",
        "weights": "what a model starts from is written beside `layers`: `weights: {load: FILE}`",
    },
    "optimizers": {
        "decay": _SCHEDULE,
        "schedule_decay": _GONE + "Keras has its own",
        "clip": "use `clipnorm`, `clipvalue` or `global_clipnorm`",
        "l2": "use `weight_decay`, or a `kernel_regularizer` in the layers",
    },
    "schedules": _DECAY,
    "callbacks": {"metric": "monitor"},
    "initializers": {"low": "minval", "high": "maxval", "scale": "stddev"},
    "regularizers": {"lambda": "l2", "weight": "l2"},
    "Dense": {"output_dim": "units", "size": "units"},
    "LSTM": _RECURRENT,
    "GRU": _RECURRENT,
    "SimpleRNN": _RECURRENT,
    "Embedding": _EMBEDDING,
    "ReversibleEmbedding": _EMBEDDING,
    "Conv1D": {"nb_row": "kernel_size"},
    "Conv2D": {
        "nb_row": "use `kernel_size: [ROWS, COLUMNS]`",
        "nb_col": "use `kernel_size: [ROWS, COLUMNS]`",
    },
    "AveragePooling1D": _POOLING,
    "AveragePooling2D": _POOLING,
    "AveragePooling3D": _POOLING,
    "MaxPooling1D": _POOLING,
    "MaxPooling2D": _POOLING,
    "MaxPooling3D": _POOLING,
    "MultiHeadAttention": {
        "heads": "num_heads",
        "head_size": "key_dim",
        "embed_dim": "it is `key_dim` times `num_heads`",
    },
    "LeakyReLU": {"alpha": "negative_slope"},
    "BatchNormalization": {
        "mode": _GONE + "there is one mode",
        "gamma_init": "gamma_initializer",
        "decay": "momentum",
        "fused": _GONE + "Keras chooses by itself",
        "virtual_batch_size": _GONE + "Keras no longer has it",
    },
    "Permute": {"axes": "dims"},
    "Reshape": {"shape": "target_shape"},
    "UpSampling1D": {"length": "size"},
    "CSVLogger": {"path": "filename", "filepath": "filename", "file": "filename"},
    "EarlyStopping": {"epsilon": "min_delta", "wait": "patience"},
    "ReduceLROnPlateau": {"epsilon": "min_delta", "lr": "min_lr", "min_learning_rate": "min_lr"},
    "ModelCheckpoint": {
        "path": "filepath",
        "filename": "filepath",
        "period": "Keras saves after every epoch, or after so many batches with `save_freq`",
    },
    "TensorBoard": {
        "write_grads": _GONE + "Keras no longer writes gradients",
        "batch_size": _GONE + "unused",
        "path": "log_dir",
    },
    "TopKCategoricalAccuracy": {"top_k": "k"},
    "SparseTopKCategoricalAccuracy": {"top_k": "k"},
    "MaxNorm": {"m": "max_value"},
}
"""The same for an argument that has this meaning in one component or one family only. Looked at first."""

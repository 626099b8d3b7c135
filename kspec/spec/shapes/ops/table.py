"""Which rule tells the shape of what each operation gives. One that is not here gives a shape unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kspec.spec.shapes.calls import Call, Result
from kspec.spec.shapes.ops import arranging, elementwise, joining, reducing

OPS: Mapping[str, Callable[[Call], Result]] = {
    **dict.fromkeys(
        (
            "abs", "absolute", "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "array",
            "bitwise_invert", "bitwise_not", "cast", "cbrt", "ceil", "celu", "clip", "conj", "conjugate",
            "convert_to_tensor", "copy", "cos", "cosh", "deg2rad", "elu", "erf", "erfc", "erfinv", "exp", "exp2",
            "expm1", "fabs", "floor", "full_like", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish",
            "hard_tanh", "imag", "isfinite", "isinf", "isnan", "leaky_relu", "log", "log10", "log1p", "log2",
            "log_sigmoid", "logical_not", "nan_to_num", "negative", "ones_like", "rad2deg", "real", "reciprocal",
            "relu", "relu6", "round", "rsqrt", "saturate_cast", "selu", "sigmoid", "sign", "signbit", "silu", "sin",
            "sinc", "sinh", "soft_shrink", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sqrt", "square",
            "squareplus", "stop_gradient", "swish", "tan", "tanh", "tanh_shrink", "threshold", "tril", "triu", "trunc",
            "zeros_like",
        ),
        elementwise.same,
    ),
    **dict.fromkeys(("flip", "log_softmax", "normalize", "roll", "softmax"), elementwise.along()),
    **dict.fromkeys(("argsort", "cumprod", "cumsum", "sort"), elementwise.along(flattens=True)),
    **dict.fromkeys(
        (
            "add", "arctan2", "divide", "divide_no_nan", "equal", "floor_divide", "fmax", "fmin", "fmod", "greater",
            "greater_equal", "heaviside", "hypot", "isclose", "less", "less_equal", "logaddexp", "logical_and",
            "logical_or", "logical_xor", "maximum", "minimum", "mod", "multiply", "not_equal", "power", "subtract",
            "true_divide",
        ),
        elementwise.broadcasting("x1", "x2"),
    ),
    "where": elementwise.broadcasting("condition", "x1", "x2"),
    **dict.fromkeys(
        (
            "all", "amax", "amin", "any", "argmax", "argmin", "average", "count_nonzero", "logsumexp", "max", "mean",
            "median", "min", "nanmax", "nanmean", "nanmin", "nansum", "prod", "ptp", "std", "sum", "var",
        ),
        reducing.reduced,
    ),
    "expand_dims": arranging.expand_dims,
    "moveaxis": arranging.move_axis,
    "one_hot": arranging.one_hot,
    "pad": arranging.pad,
    "repeat": arranging.repeat,
    "reshape": arranging.reshape,
    "split": arranging.split,
    "squeeze": arranging.squeeze,
    "swapaxes": arranging.swap_axes,
    "take": arranging.take,
    "tile": arranging.tile,
    "top_k": arranging.top_k,
    "transpose": arranging.transpose,
    "concatenate": joining.concatenate,
    "matmul": joining.matmul,
    "stack": joining.stack,
}  # fmt: skip
"""Rules of operations by their names."""

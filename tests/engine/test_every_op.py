"""Every operation of `keras.ops` can be a step: read by kspec, and called by Keras on what feeds it."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import pytest

from kspec.catalogue import Component, load
from kspec.engine.building.build import build
from kspec.spec.checking import read_spec
from kspec.spec.reading import read_text

CATALOGUE = load()

pytestmark = pytest.mark.skipif(
    keras.__version__ != CATALOGUE.version,
    reason=f"the catalogue is of Keras {CATALOGUE.version}, and {keras.__version__} is installed",
)


@pytest.fixture(scope="module", autouse=True)
def names_start_anew() -> Iterator[None]:
    """Leave Keras' counters of names as a fresh process has them."""
    yield
    keras.backend.clear_session()


IMAGE, SEQUENCE, SQUARE, VECTOR = "{shape: [8, 8, 3]}", "{shape: [8, 3]}", "{shape: [4, 4]}", "{shape: [8]}"
NUMBERS = "{shape: [8], dtype: int32}"
WINDOW = "sequence_length: 4, sequence_stride: 2"

STEPS: dict[str, tuple[list[str], str]] = {
    "adaptive_average_pool": ([IMAGE], "output_size: [2, 2]"),
    "adaptive_max_pool": ([IMAGE], "output_size: [2, 2]"),
    "argpartition": ([VECTOR], "kth: 2"),
    "array_split": ([VECTOR], "indices_or_sections: 2, axis: 1"),
    "average_pool": ([IMAGE], "pool_size: 2"),
    "batch_normalization": ([SEQUENCE, "{batch_shape: [3]}", "{batch_shape: [3]}"], "axis: -1"),
    "broadcast_to": (["{batch_shape: [2, 8]}"], "shape: [3, 2, 8]"),
    "cast": ([VECTOR], "dtype: int32"),
    "clip": ([VECTOR], "x_min: 0, x_max: 1"),
    "digitize": ([VECTOR, "{batch_shape: [3]}"], ""),
    "dsplit": ([IMAGE], "indices_or_sections: 2"),
    "einsum": ([SEQUENCE, "{shape: [3, 5]}"], "subscripts: 'bij,bjk->bik'"),
    "extract_sequences": ([VECTOR], WINDOW),
    "fold": (["{shape: [12, 4]}"], "output_size: 4, kernel_size: 2, stride: 2"),
    "full_like": ([VECTOR], "fill_value: 2"),
    "get_item": ([SEQUENCE], "key: 0"),
    "hsplit": ([IMAGE], "indices_or_sections: 2"),
    "fft": ([SQUARE, SQUARE], ""),
    "fft2": ([SQUARE, SQUARE], ""),
    "ifft2": ([SQUARE, SQUARE], ""),
    "irfft": ([SQUARE, SQUARE], ""),
    "istft": ([SQUARE, SQUARE], f"{WINDOW}, fft_length: 6"),
    "image.affine_transform": ([IMAGE, "{shape: [8]}"], ""),
    "image.crop_images": ([IMAGE], "top_cropping: 1, left_cropping: 1, target_height: 4, target_width: 4"),
    "image.extract_patches": ([IMAGE], "size: 2"),
    "image.extract_patches_3d": (["{shape: [8, 8, 8, 3]}"], "size: 2"),
    "image.hsv_to_rgb": ([IMAGE], ""),
    "image.pad_images": ([IMAGE], "top_padding: 1, left_padding: 1, target_height: 12, target_width: 12"),
    "image.perspective_transform": ([IMAGE, "{shape: [4, 2]}", "{shape: [4, 2]}"], ""),
    "image.resize": ([IMAGE], "size: [4, 4]"),
    "image.rgb_to_grayscale": ([IMAGE], ""),
    "image.rgb_to_hsv": ([IMAGE], ""),
    "image.sobel_edges": ([IMAGE], ""),
    "in_top_k": (["{batch_shape: [8], dtype: int32}", "{batch_shape: [8, 4]}"], "k: 2"),
    "linspace": ([VECTOR, VECTOR], "num: 3"),
    "logspace": ([VECTOR, VECTOR], "num: 3"),
    "geomspace": ([VECTOR, VECTOR], "num: 3"),
    "max_pool": ([IMAGE], "pool_size: 2"),
    "meshgrid": (["{batch_shape: [3]}", "{batch_shape: [4]}"], ""),
    "moments": ([SEQUENCE], "axes: [1]"),
    "moveaxis": ([SEQUENCE], "source: 1, destination: 2"),
    "multi_hot": ([NUMBERS], "num_classes: 5"),
    "nanpercentile": ([VECTOR], "q: 50"),
    "nanquantile": ([VECTOR], "q: 0.5"),
    "one_hot": ([NUMBERS], "num_classes: 5"),
    "pad": ([VECTOR], "pad_width: [[0, 0], [1, 1]]"),
    "percentile": ([VECTOR], "q: 50"),
    "psnr": ([IMAGE, IMAGE], "max_val: 1"),
    "quantile": ([VECTOR], "q: 0.5"),
    "rearrange": (["{batch_shape: [2, 8, 3]}"], "pattern: 'b i j -> b j i'"),
    "repeat": ([VECTOR], "repeats: 2, axis: 1"),
    "reshape": ([SEQUENCE], "newshape: [-1, 24]"),
    "roll": ([VECTOR], "shift: 1"),
    "saturate_cast": ([VECTOR], "dtype: uint8"),
    "searchsorted": (["{batch_shape: [8]}", "{batch_shape: [3]}"], ""),
    "slice": (["{batch_shape: [4, 8]}"], "start_indices: [0, 2], shape: [4, 3]"),
    "split": ([VECTOR], "indices_or_sections: 2, axis: 1"),
    "stft": ([VECTOR], f"{WINDOW}, fft_length: 4"),
    "swapaxes": ([SEQUENCE], "axis1: 1, axis2: 2"),
    "threshold": ([VECTOR], "threshold: 0.5, default_value: 0"),
    "tile": ([VECTOR], "repeats: [1, 2]"),
    "top_k": ([VECTOR], "k: 2"),
    "conv": ([IMAGE, "{batch_shape: [3, 3, 3, 2]}"], ""),
    "conv_transpose": ([IMAGE, "{batch_shape: [3, 3, 2, 3]}"], "strides: 2"),
    "correlate": (["{batch_shape: [8]}", "{batch_shape: [3]}"], ""),
    "cross": ([SEQUENCE, SEQUENCE], ""),
    "ctc_loss": ([NUMBERS, SEQUENCE, "{shape: [], dtype: int32}", "{shape: [], dtype: int32}"], ""),
    "depth_to_space": (["{shape: [8, 8, 4]}"], "block_size: 2"),
    "depthwise_conv": ([IMAGE, "{batch_shape: [3, 3, 3, 1]}"], ""),
    "diag": (["{batch_shape: [8]}"], ""),
    "image.map_coordinates": (["{batch_shape: [8, 8]}", "{batch_shape: [2, 5]}"], "order: 1"),
    "image.scale_and_translate": (
        [IMAGE, "{batch_shape: [2]}", "{batch_shape: [2]}"],
        "output_shape: [1, 4, 4, 3], spatial_dims: [1, 2], method: linear",
    ),
    "lstsq": (["{batch_shape: [8, 3]}", "{batch_shape: [8]}"], ""),
    "scatter": (["{batch_shape: [4, 1], dtype: int32}", "{batch_shape: [4]}"], "shape: [8]"),
    "segment_max": (["{batch_shape: [8, 3]}", "{batch_shape: [8], dtype: int32}"], "num_segments: 2"),
    "segment_min": (["{batch_shape: [8, 3]}", "{batch_shape: [8], dtype: int32}"], "num_segments: 2"),
    "segment_prod": (["{batch_shape: [8, 3]}", "{batch_shape: [8], dtype: int32}"], "num_segments: 2"),
    "segment_sum": (["{batch_shape: [8, 3]}", "{batch_shape: [8], dtype: int32}"], "num_segments: 2"),
    "separable_conv": ([IMAGE, "{batch_shape: [3, 3, 3, 1]}", "{batch_shape: [1, 1, 3, 2]}"], ""),
    "space_to_depth": ([IMAGE], "block_size: 2"),
    "sparse_categorical_crossentropy": (["{shape: [4], dtype: int32}", "{shape: [4, 4]}"], ""),
    "take_along_axis": ([VECTOR, NUMBERS], "axis: 1"),
    "unravel_index": ([NUMBERS], "shape: [2, 4]"),
    "unstack": ([SEQUENCE], "num: 3, axis: 2"),
    "vander": (["{batch_shape: [8]}"], ""),
    "unfold": (["{shape: [3, 8, 8]}"], "kernel_size: 2"),
    "vsplit": (["{batch_shape: [4, 8]}"], "indices_or_sections: 2"),
}
"""What an operation is fed and given, where a square of numbers for each of its parameters does not suit it."""

GIVEN = {"axes": "1", "axis": "1"}

SEVERAL = {
    "array_split", "ctc_decode", "dsplit", "eig", "eigh", "fft", "fft2", "histogram", "hsplit", "ifft2",
    "lu_factor", "meshgrid", "moments", "nonzero", "qr", "rfft", "slogdet", "split", "stft", "svd", "top_k",
    "unravel_index", "unstack", "vsplit",
}  # fmt: skip
"""Operations with several results."""


def spec_of(op: Component) -> str:
    shapes, given = STEPS.get(op.name, ([], ""))
    if not shapes:
        shapes = [SQUARE for name in op.required if name not in GIVEN]
        given = ", ".join(f"{name}: {GIVEN[name]}" for name in op.required if name in GIVEN)
    names = "abcd"[: len(shapes)]
    step = f"{{ops.{op.name}: {{{given}}}, from: [{', '.join(names)}], name: step}}"
    inputs = ", ".join(f"{name}: {shape}" for name, shape in zip(names, shapes, strict=True))
    result = "step.0" if op.name in SEVERAL else "step"
    return f"model: {{inputs: {{{inputs}}}, layers: [{step}], outputs: [{result}]}}"


OPS = {item.name: item for name in CATALOGUE.names("ops") if (item := CATALOGUE.component("ops", name))}


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_an_op_is_a_step(op: Component) -> None:
    reading = read_spec(read_text("spec.yaml", spec_of(op)), CATALOGUE)
    assert reading.spec is not None, [str(problem) for problem in reading.problems]
    build(reading.spec, None)

"""What the `runtime` section says, put into force: threads, determinism, precision, devices."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.util import _pywrap_util_port  # there is no public way to ask whether oneDNN computes

from kspec.data.prepare import Prepared
from kspec.engine.faults import first_line
from kspec.engine.stepping.paths import TrainingPath
from kspec.spec.components import ComponentSpec
from kspec.spec.problems import Problem, SpecError
from kspec.spec.runtime import MIRRORED, PATH, Runtime
from kspec.spec.spec import Spec


def configure(spec: Spec) -> None:
    """Set what TensorFlow must know before it starts to work: threads, determinism, and parts of the processor.

    Raises:
        SpecError: It is at work already, with other settings.
    """
    threads = spec.runtime.threads
    try:
        if threads and threads.intra:
            tf.config.threading.set_intra_op_parallelism_threads(threads.intra)
        if threads and threads.inter:
            tf.config.threading.set_inter_op_parallelism_threads(threads.inter)
    except RuntimeError:
        raise SpecError([_too_late("threads")]) from None
    if spec.runtime.deterministic:
        tf.config.experimental.enable_op_determinism()
    if spec.strategy:
        _part_processor(spec.strategy)


@contextlib.contextmanager
def precision(runtime: Runtime) -> Iterator[None]:
    """Give the layers that are made in the block the dtype policy of a spec; Keras' own if it names none."""
    before = keras.config.dtype_policy()
    if runtime.precision:
        keras.config.set_dtype_policy(runtime.precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def make_strategy(strategy: ComponentSpec | None) -> tf.distribute.Strategy:
    """Return the strategy of a spec; without one TensorFlow's default, which is one device.

    Raises:
        SpecError: A device that it names is not there, or TensorFlow refuses it.
    """
    if strategy is None:
        return tf.distribute.get_strategy()
    _check_devices(strategy)
    try:
        return getattr(tf.distribute, strategy.name)(**strategy.arguments)
    except Exception as error:  # whatever TensorFlow raises here is about these arguments
        message = f"{strategy.name} cannot be made: {first_line(error)}"
        raise SpecError([Problem("component-failed", strategy.path, message, at="key")]) from error


def check_sharing(spec: Spec, model: keras.Model, data: Prepared) -> None:
    """Hold the batches of a training against the devices that share them.

    TensorFlow gives each device an equal part, the last ones less; a device without a row makes BatchNormalization
    and all after it NaN, without a word.

    Raises:
        SpecError: A batch cannot be shared by all devices.
    """
    devices, size = model.distribute_strategy.num_replicas_in_sync, spec.fit.batch_size
    if devices == 1:
        return
    if size % devices:
        near = size // devices * devices or devices
        message = f"batches of {size} rows cannot be shared evenly by {devices} devices"
        raise SpecError([Problem("uneven-batches", ("fit", "batch_size"), message, f"take {near} or {near + devices}")])
    last = data.train.rows % size
    if last and -(-last // devices) * (devices - 1) >= last and not _ends_before(spec, data.train.rows):
        message = f"the last batch of an epoch has {last} of {data.train.rows} rows, too few for {devices} devices"
        hint = "take another `batch_size`"
        if whole := data.train.rows // size:
            hint += f", or leave these rows out with `steps_per_epoch: {whole}`"
        raise SpecError([Problem("uneven-batches", ("fit", "batch_size"), message, hint)])


def skip_first_look(model: keras.Model) -> None:
    """Keep Keras from adding up the first batch over the devices only to see its shape, which the model knows.

    The sum fails where the devices' parts differ in size, and for text.
    """
    if model.distribute_strategy.num_replicas_in_sync > 1:
        model._maybe_symbolic_build = lambda *given, **named: None


def alone(spec: Spec, model: keras.Model) -> str:
    """Return what must be said where a strategy for several devices has one; empty otherwise."""
    strategy = model.distribute_strategy
    if spec.strategy is None or spec.strategy.name != MIRRORED or strategy.num_replicas_in_sync > 1:
        return ""
    return f"{MIRRORED} has one device here, {_short(_devices_of(strategy)[0])}: nothing is shared"


def describe(spec: Spec, model: keras.Model, path: TrainingPath) -> dict[str, Any]:
    """Return what a training really runs on, for run.json."""
    strategy = model.distribute_strategy
    return {
        "precision": spec.runtime.precision or keras.config.dtype_policy().name,
        "deterministic": spec.runtime.deterministic,
        "threads": {
            "intra": tf.config.threading.get_intra_op_parallelism_threads(),
            "inter": tf.config.threading.get_inter_op_parallelism_threads(),
        },
        "memory": spec.runtime.memory,
        "onednn": _pywrap_util_port.IsMklEnabled(),
        "gpus": [_gpu(device) for device in tf.config.list_physical_devices("GPU")],
        "steps": path.record(),
        "strategy": spec.strategy.name if spec.strategy else None,
        "devices": [_short(name) for name in _devices_of(strategy)],
    }


def _gpu(device: tf.config.PhysicalDevice) -> str:
    """Return what a GPU is called, and its compute capability, by which kernels are chosen."""
    details = tf.config.experimental.get_device_details(device)
    capability = ".".join(str(number) for number in details.get("compute_capability", ()))
    return f"{details.get('device_name', 'GPU')} {capability}".strip()


def _ends_before(spec: Spec, rows: int) -> bool:
    steps = spec.fit.steps_per_epoch
    return steps is not None and steps <= rows // spec.fit.batch_size


def _devices_of(strategy: tf.distribute.Strategy) -> tuple[str, ...]:
    """Return the devices that a strategy trains on; without one TensorFlow takes the first GPU, or the processor."""
    if strategy is not tf.distribute.get_strategy():
        return tuple(strategy.extended.worker_devices)
    gpus = tf.config.list_logical_devices("GPU")
    return tuple(device.name for device in (gpus or tf.config.list_logical_devices("CPU"))[:1])


def _short(name: str) -> str:
    device = tf.DeviceSpec.from_string(name)
    return f"{device.device_type}:{device.device_index}"


def _named_devices(strategy: ComponentSpec) -> Mapping[tuple[str | int, ...], str]:
    """Return the devices that a strategy names, by their places."""
    device, devices = strategy.arguments.get("device"), strategy.arguments.get("devices") or []
    found: dict[tuple[str | int, ...], str] = {(*strategy.path, "device"): device} if device else {}
    return found | {(*strategy.path, "devices", index): name for index, name in enumerate(devices)}


def _part_processor(strategy: ComponentSpec) -> None:
    """Part the processor into as many devices as a strategy names: `/cpu:0` and `/cpu:1` are two.

    Raises:
        SpecError: TensorFlow is at work already.
    """
    wanted = max(
        (_parsed(name)[1] for name in _named_devices(strategy).values() if _parsed(name)[0] == "CPU"), default=0
    )
    (processor, *_) = tf.config.list_physical_devices("CPU")
    there = len(tf.config.get_logical_device_configuration(processor) or [None])
    if wanted < there:
        return
    try:
        tf.config.set_logical_device_configuration(
            processor, [tf.config.LogicalDeviceConfiguration() for _ in range(wanted + 1)]
        )
    except RuntimeError:
        raise SpecError([_too_late("strategy")]) from None


def _check_devices(strategy: ComponentSpec) -> None:
    """Refuse devices that are not there: TensorFlow would take others without a word."""
    there = {_parsed(device.name): device.name for device in tf.config.list_logical_devices()}
    for path, name in _named_devices(strategy).items():
        if _parsed(name) not in there:
            known = ", ".join(f"`{_short(each)}`" for each in there.values())
            raise SpecError([Problem("no-device", path, f"there is no device `{name}` here", f"there are {known}")])


def _parsed(name: str) -> tuple[str, int]:
    """Return kind and number of a device; the kind is empty where the name is none."""
    try:
        device = tf.DeviceSpec.from_string(name if name.startswith("/") else f"/{name}")
    except ValueError:
        return "", -1
    return str(device.device_type or "").upper(), int(device.device_index or 0)


def _too_late(key: str) -> Problem:
    message = f"TensorFlow is at work already in this process, too late for `{key}`"
    return Problem("too-late", (*PATH, key), message, "train in a process of its own, with `kspec train`", at="key")

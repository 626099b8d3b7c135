from outlines import chain, conv, model, node, residual

from kspec.plots.fold import fold, fold_trains
from kspec.plots.scene import Box, Group, boxes, plain_scene


def folded(outline):
    return fold(plain_scene(outline))


def names(scene):
    return [box.name for item in scene.items for box in boxes(item)]


def pairs(scene):
    return [(edge.tail, edge.head) for edge in scene.edges]


def test_convolution_takes_in_normalization_and_activation():
    outline = chain(
        node("x", "InputLayer"),
        conv("conv"),
        node("norm", "BatchNormalization", parameters=16),
        node("act", "ReLU", "slope 0.2"),
        node("pool", "MaxPooling2D"),
    )
    scene = fold_trains(plain_scene(outline))
    assert names(scene) == ["x", "conv", "pool"]
    box = scene.items[1]
    assert isinstance(box, Box)
    assert box.kinds == ("Conv2D", "BatchNormalization", "ReLU")
    assert box.details == ("4 filters", "3×3", "ReLU", "slope 0.2")
    assert box.parameters == 164
    assert pairs(scene) == [("x", "conv"), ("conv", "pool")]


def test_what_is_used_elsewhere_is_not_taken_in():
    outline = model(
        [conv("conv"), node("norm", "BatchNormalization"), node("add", "Add")],
        ("conv", "norm"),
        ("norm", "add"),
        ("conv", "add"),
    )
    assert names(fold_trains(plain_scene(outline))) == ["conv", "norm", "add"]


def test_an_output_of_the_model_is_not_hidden_but_follows_its_box():
    scene = folded(chain(conv("conv"), node("norm", "BatchNormalization")))
    assert scene.outputs == (("y", "conv"),)


def test_equal_layers_fold_into_one_box_with_a_factor():
    layers = [node(f"dense_{n}", "Dense", "4 units", parameters=20) for n in range(1, 5)]
    scene = folded(chain(node("x", "InputLayer"), *layers, node("head", "Dense", "1 units", parameters=5)))
    box = scene.items[1]
    assert isinstance(box, Box)
    assert (box.name, box.last, box.times, box.parameters) == ("dense_1", "dense_4", 4, 20)
    assert pairs(scene) == [("x", "dense_1"), ("dense_1", "head")]


def test_two_equal_layers_stay_two():
    scene = folded(chain(node("x", "InputLayer"), conv("a"), conv("b"), node("flat", "Flatten")))
    assert names(scene) == ["x", "a", "b", "flat"]


def test_residual_blocks_fold_into_a_group():
    scene = folded(residual(3))
    group = scene.items[1]
    assert isinstance(group, Group)
    assert (group.name, group.last, group.times, group.parameters) == ("block1", "block3", 3, 312)
    assert [box.name for box in boxes(group)] == ["block1_conv_1", "block1_conv_2", "block1_add"]
    assert scene.outputs == (("y", "block1_add"),)
    assert pairs(scene) == [
        ("image", "block1_conv_1"),
        ("block1_conv_1", "block1_conv_2"),
        ("block1_conv_2", "block1_add"),
        ("image", "block1_add"),
    ]


def test_a_block_whose_inside_is_used_later_is_not_folded():
    plain = residual(3)
    tap = node("tap", "Flatten")
    edges = [(edge.tail, edge.head) for edge in plain.edges]
    scene = folded(model([*plain.children, tap], *edges, ("block1_conv_2", "tap"), ("block3_add", "tap")))
    assert not any(isinstance(item, Group) and "block1_add" in {b.name for b in boxes(item)} for item in scene.items)
    assert "block1_conv_2" in names(scene)


def test_layers_of_other_shapes_are_not_equal():
    small = (None, 4, 4, 4)
    layers = [node(f"c{n}", "Conv2D") for n in range(3)] + [node(f"s{n}", "Conv2D", shape=small) for n in range(3)]
    scene = folded(chain(node("x", "InputLayer"), *layers))
    assert [(item.name, item.times) for item in scene.items] == [("x", 1), ("c0", 3), ("s0", 3)]


def test_nested_models_that_repeat_fold():
    nested = [chain(conv(f"m{n}/a"), node(f"m{n}/pool", "Flatten"), name=f"m{n}") for n in range(3)]
    inner = [(edge.tail, edge.head) for part in nested for edge in part.edges]
    links = [("x", "m0/a"), ("m0/pool", "m1/a"), ("m1/pool", "m2/a")]
    scene = folded(model([node("x", "InputLayer"), *nested], *inner, *links))
    group = scene.items[1]
    assert isinstance(group, Group)
    assert (group.times, group.name, group.last) == (3, "m0", "m2")
    assert pairs(scene) == [("m0/a", "m0/pool"), ("x", "m0/a")]

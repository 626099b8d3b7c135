"""Images in files become the pixels that Pillow and Keras read from them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from kspec.data.sources import SOURCES, Fields, Loaded, SourceContext, Stream
from kspec.data.sources.errors import DataError
from kspec.data.sources.file_rows import ROWS_OF_A_SHARD
from kspec.data.sources.image_files import without_warnings
from kspec.data.sources.image_forms import INTERPOLATIONS

Make = Callable[..., Path]
Load = Callable[..., Loaded]


def as_keras(path: Path, **arguments: object) -> np.ndarray:
    from keras.utils import img_to_array, load_img

    return img_to_array(load_img(path, **arguments), dtype="uint8")


def only(loaded: Loaded) -> np.ndarray:
    assert isinstance(loaded.train, Fields)
    (image,) = loaded.train["image"]
    return image


def listed(fields: Fields | Stream | None, name: str) -> list[str]:
    assert isinstance(fields, Fields)
    return list(fields[name])


@pytest.mark.parametrize("color_mode", ["rgb", "rgba", "grayscale"])
@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.png", "RGB"), ("a.png", "RGBA"), ("a.png", "L"), ("a.png", "LA"), ("a.png", "1"), ("a.png", "P"),
        ("a.jpg", "RGB"), ("a.JPEG", "L"), ("a.jpg", "CMYK"), ("a.bmp", "RGB"), ("a.gif", "P"), ("a.webp", "RGBA"),
    ],
)  # fmt: skip
def test_every_format_and_mode_is_read_as_keras_reads_it(
    name: str, mode: str, color_mode: str, picture: Make, load: Load
) -> None:
    path = picture(name, mode=mode)
    image = only(load("images", path=name, color_mode=color_mode))
    np.testing.assert_array_equal(image, as_keras(path, color_mode=color_mode))
    assert image.dtype == np.uint8


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("crop", [False, True])
def test_images_are_resized_as_keras_resizes_them(interpolation: str, crop: bool, picture: Make, load: Load) -> None:
    path = picture("a.png", (20, 31))
    done = load("images", path="a.png", size=[9, 12], interpolation=interpolation, crop_to_aspect_ratio=crop)
    expected = as_keras(path, target_size=(9, 12), interpolation=interpolation, keep_aspect_ratio=crop)
    np.testing.assert_array_equal(only(done), expected)


@pytest.mark.parametrize(("mode", "color_mode"), [("RGB", "rgb"), ("RGBA", "rgba"), ("L", "grayscale")])
def test_padding_lays_black_around(mode: str, color_mode: str, picture: Make, load: Load) -> None:
    image = Image.open(picture("a.png", (10, 20), mode=mode))
    done = only(load("images", path="a.png", size=[16, 16], pad_to_aspect_ratio=True, color_mode=color_mode))
    inner = np.asarray(image.resize((16, 8), Image.Resampling.BILINEAR)).reshape(8, 16, -1)
    np.testing.assert_array_equal(done, np.pad(inner, ((4, 4), (0, 0), (0, 0))))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_are_turned_upright(orientation: int, tmp_path: Path, picture: Make, load: Load) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    for ending in ("jpg", "png", "webp"):
        path = picture(f"a.{ending}", (8, 16), exif=exif)
        upright = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
        np.testing.assert_array_equal(only(load("images", path=path.name)), upright)
        assert upright.shape == ((16, 8, 3) if orientation > 4 else (8, 16, 3))


def test_sixteen_bits_are_scaled_and_not_cut_off(tmp_path: Path, load: Load) -> None:
    deep = np.arange(0, 65536, 4096, dtype=np.uint16).reshape(4, 4)
    Image.fromarray(deep).save(tmp_path / "a.png")
    for color_mode, channels in (("grayscale", 1), ("rgb", 3)):
        loaded = load("images", path="a.png", color_mode=color_mode)
        np.testing.assert_array_equal(only(loaded), np.repeat((deep >> 8)[..., np.newaxis], channels, axis=2))
        assert loaded.notices == ("1 image has 16 bits a pixel: only the high 8 are kept",)


def test_of_many_frames_the_first_is_read(tmp_path: Path, load: Load) -> None:
    frames = [Image.new("RGB", (4, 4), color) for color in ("red", "blue", "green")]
    for ending in ("gif", "png", "webp"):
        frames[0].save(tmp_path / f"a.{ending}", save_all=True, append_images=frames[1:])
        loaded = load("images", path=f"a.{ending}")
        assert (abs(only(loaded).astype(int) - (255, 0, 0)) < 4).all()
        assert loaded.notices == ("1 image has several frames: only the first is read",)


def test_what_transparency_is_left_out_is_said(picture: Make, load: Load) -> None:
    picture("a.png", mode="RGBA")
    picture("b.png", mode="RGBA")
    said = "2 images have transparency, which `color_mode: rgb` leaves out"
    assert load("images", path="*.png").notices == (said,)
    assert load("images", path="*.png", color_mode="rgba").notices == ()


def test_folders_are_classes(picture: Make, load: Load) -> None:
    for name in ("dog/b.png", "dog/a.png", "cat/10.png", "cat/2.png", "cat/more/deep.jpg", "10/x.png", ".git/a.png"):
        picture(f"photos/{name}")
    train = load("images", path="photos/").train
    assert listed(train, "file") == [
        "10/x.png",
        "cat/10.png",
        "cat/2.png",
        "cat/more/deep.jpg",
        "dog/a.png",
        "dog/b.png",
    ]
    assert listed(train, "label") == ["10", "cat", "cat", "cat", "dog", "dog"]
    assert isinstance(train, Fields)
    assert train.primary == ("image", "label")
    assert train["image"].shape == (6, 4, 6, 3)


def test_a_flat_folder_has_no_labels(picture: Make, load: Load) -> None:
    for name in ("b", "a"):
        picture(f"photos/{name}.png")
    train = load("images", path="photos").train
    assert list(train) == ["image", "file"]
    assert listed(train, "file") == ["a.png", "b.png"]


def test_labels_can_be_left_out(picture: Make, load: Load) -> None:
    for name in ("cat/a", "b"):
        picture(f"photos/{name}.png")
    train = load("images", path="photos", labels=None).train
    assert list(train) == ["image", "file"]
    assert listed(train, "file") == ["b.png", "cat/a.png"]


def test_rows_that_are_given_need_no_labels(tmp_path: Path, picture: Make) -> None:
    for name in ("cat/a", "b"):
        picture(f"photos/{name}.png")
    train = SOURCES["images"](SourceContext(folder=tmp_path, given=True), path="photos").train
    assert list(train) == ["image", "file"]


def test_a_folder_may_hold_the_parts(picture: Make, load: Load) -> None:
    for name in ("train/cat/a", "train/dog/b", "Val/dog/c", "test/cat/d", "test/dog/e", "more/cat/f", "g"):
        picture(f"photos/{name}.png")
    loaded = load("images", path="photos")
    assert listed(loaded.train, "file") == ["train/cat/a.png", "train/dog/b.png"]
    assert listed(loaded.validation, "label") == ["dog"]
    assert listed(loaded.test, "label") == ["cat", "dog"]
    assert [said.replace(loaded.origin, "photos") for said in loaded.notices] == [
        "`photos/more` is not read: it is none of the parts `train`, `Val` and `test`",
        "`photos/g.png` beside the parts `train`, `Val` and `test`: not read",
    ]


def test_a_test_part_without_labels_is_not_judged_by(picture: Make, load: Load) -> None:
    for name in ("train/cat/a", "train/dog/b", "test/1", "test/2"):
        picture(f"photos/{name}.png")
    loaded = load("images", path="photos")
    assert loaded.test is None
    assert loaded.notices == (
        f"`{loaded.origin}/test` has no class folders, so its 2 images are left out; `kspec predict` takes them",
    )


def test_a_class_may_be_called_train(picture: Make, load: Load) -> None:
    for name in ("train/a", "bus/b"):
        picture(f"vehicles/{name}.png")
    assert listed(load("images", path="vehicles").train, "label") == ["bus", "train"]


def test_what_is_not_read_is_counted(picture: Make, write: Make, load: Load) -> None:
    for name in ("cat/a.png", "dog/b.png"):
        picture(f"photos/{name}")
    for name in ("cat/c.tiff", "dog/d.heic", "dog/e.HEIC", "bird/notes.txt", ".DS_Store", "cat/Thumbs.db"):
        write(f"photos/{name}", "x")
    loaded = load("images", path="photos")
    assert [said.replace(loaded.origin, "photos") for said in loaded.notices] == [
        "`photos/bird` holds no images",
        "`photos`: 4 other files are not read: 2 (.heic), 1 (.txt), 1 (.tiff); "
        "images end in .png, .jpg, .jpeg, .gif, .bmp and .webp",
    ]


def test_a_folder_that_was_unpacked_into_itself_is_told(picture: Make, load: Load) -> None:
    for name in ("cat/a", "dog/b"):
        picture(f"photos/photos/{name}.png")
    loaded = load("images", path="photos")
    assert listed(loaded.train, "label") == ["photos", "photos"]
    (said,) = loaded.notices
    assert said.replace(loaded.origin, "photos") == (
        "all images lie in folders below `photos/photos`, and so all have the label `photos`: "
        "perhaps `photos/photos` is the folder to name"
    )


def test_what_is_no_file_is_not_waited_for(tmp_path: Path, picture: Make, load: Load) -> None:
    picture("photos/a.png")
    os.mkfifo(tmp_path / "photos" / "b.png")
    loaded = load("images", path="photos")
    assert listed(loaded.train, "file") == ["a.png"]
    assert "1 other file is not read: .png" in loaded.notices[0]


def test_a_format_counts_and_not_the_ending(tmp_path: Path, picture: Make, load: Load) -> None:
    path = picture("a.png")
    path.rename(tmp_path / "a.jpg")
    np.testing.assert_array_equal(only(load("images", path="a.jpg")), np.asarray(Image.open(tmp_path / "a.jpg")))


def test_links_are_followed(tmp_path: Path, picture: Make, load: Load) -> None:
    elsewhere = picture("elsewhere/a.png").parent
    folder = picture("photos/cat/b.png").parent.parent
    (folder / "dog").symlink_to(elsewhere, target_is_directory=True)
    (folder / "cat" / "c.png").symlink_to(elsewhere / "a.png")
    train = load("images", path="photos").train
    assert listed(train, "file") == ["cat/b.png", "cat/c.png", "dog/a.png"]


def test_a_table_names_images_and_gives_their_fields(picture: Make, write: Make, load: Load) -> None:
    for name in ("1.png", "2.png", "3.png"):
        picture(f"data/photos/{name}")
    write("data/labels.csv", "label,image,age\ndog,photos/3.png,1.5\ncat,photos/1.png,\n")
    train = load("images", path="data/labels.csv", file="image").train
    assert isinstance(train, Fields)
    assert list(train) == ["image", "label", "age", "file"]
    assert train.primary == ("image", "label", "age")
    assert listed(train, "file") == ["photos/3.png", "photos/1.png"]
    assert listed(train, "label") == ["dog", "cat"]
    np.testing.assert_array_equal(train["age"], [1.5, np.nan])
    alone = load("images", path="data/photos/3.png")
    np.testing.assert_array_equal(train["image"][0], only(alone))


def test_patterns_and_lists_name_single_images(picture: Make, load: Load) -> None:
    for name in ("b.png", "a.png", "c.jpg"):
        picture(f"photos/{name}")
    assert listed(load("images", path="photos/*.png").train, "file") == ["photos/a.png", "photos/b.png"]
    assert listed(load("images", path=["photos/c.jpg", "photos/a.png"]).train, "file") == [
        "photos/c.jpg",
        "photos/a.png",
    ]


@pytest.fixture
def many(picture: Make) -> int:
    for number in range(ROWS_OF_A_SHARD + 5):
        picture(f"photos/{'even' if number % 2 == 0 else 'odd'}/{number:03}.png", (2, 3))
    return ROWS_OF_A_SHARD + 5


def test_images_that_do_not_fit_into_memory_are_a_stream(many: int, tmp_path: Path) -> None:
    context = SourceContext(folder=tmp_path, memory=many * 18 - 1)
    whole = SOURCES["images"](SourceContext(folder=tmp_path, memory=many * 18), path="photos").train
    stream = SOURCES["images"](context, path="photos").train
    assert isinstance(whole, Fields)
    assert isinstance(stream, Stream)
    assert [shard.rows for shard in stream.shards] == [ROWS_OF_A_SHARD, 5]
    assert stream.size == many * 18
    read = stream.load()
    for name in whole:
        np.testing.assert_array_equal(read[name], whole[name])
        np.testing.assert_array_equal(stream.head[name], whole[name][:1])
        assert stream.head[name].dtype == whole[name].dtype
    assert (stream.head.primary, read.primary) == (whole.primary, whole.primary)
    np.testing.assert_array_equal(stream.load(["label"])["label"], whole["label"])


def test_the_shards_of_large_images_are_small_so_that_classes_mix(many: int, tmp_path: Path) -> None:
    context = SourceContext(folder=tmp_path, memory=0)
    stream = SOURCES["images"](context, path="photos", size=[200, 200]).train
    assert isinstance(stream, Stream)
    assert {shard.rows for shard in stream.shards[:-1]} == {8}
    assert stream.rows == many
    (piece,) = stream.shards[1].read(None)
    whole = SOURCES["images"](SourceContext(folder=tmp_path), path="photos", size=[200, 200]).train
    assert isinstance(whole, Fields)
    np.testing.assert_array_equal(piece["image"], whole["image"][8:16])


def test_labels_are_had_without_decoding(many: int, tmp_path: Path) -> None:
    stream = SOURCES["images"](SourceContext(folder=tmp_path, memory=0), path="photos").train
    assert isinstance(stream, Stream)
    for path in (tmp_path / "photos" / "odd").iterdir():
        path.write_bytes(b"damaged since")
    assert sorted(set(stream.load(["label", "file"])["label"])) == ["even", "odd"]
    with pytest.raises(Exception, match="no image: it begins with `damaged since`"):
        stream.load()


def test_progress_is_told(many: int, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    SOURCES["images"](SourceContext(folder=tmp_path, progress=lambda *given: told.append(given)), path="photos")
    reading = [(done, total) for what, done, total in told if what == "reading images"]
    decoding = [(done, total) for what, done, total in told if what == "decoding images"]
    assert reading == decoding == [(ROWS_OF_A_SHARD, many), (many, many)]


def test_the_fingerprint_is_that_of_names_and_bytes(tmp_path: Path, picture: Make, load: Load) -> None:
    def fingerprint() -> str:
        return load("images", path="photos").fingerprint

    path = picture("photos/cat/a.png")
    first = fingerprint()
    os.utime(path, (1, 1))
    assert fingerprint() == first
    path.rename(path.with_name("b.png"))
    assert fingerprint() != first
    path.with_name("b.png").rename(path)
    assert fingerprint() == first
    with path.open("ab") as file:
        file.write(b"\0")
    assert fingerprint() != first


def test_warnings_come_back_once_the_last_thread_wants_none():
    with pytest.warns(UserWarning) as heard:
        first, second = without_warnings(), without_warnings()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        warnings.warn("while one thread wants none", stacklevel=1)
        second.__exit__(None, None, None)
        warnings.warn("once no thread does", stacklevel=1)
    assert [str(warning.message) for warning in heard] == ["once no thread does"]


def test_a_sample_is_spread_over_all_classes(many: int, tmp_path: Path, picture: Make) -> None:
    picture("photos/rare/only.png", (2, 3))
    loaded = SOURCES["images"](SourceContext(folder=tmp_path, sample=40), path="photos")
    labels = listed(loaded.train, "label")
    assert 40 <= len(labels) <= 57
    assert sorted(labels) == labels
    assert [labels.count(label) for label in ("odd", "rare")] == [pytest.approx(labels.count("even"), abs=2), 1]
    assert SOURCES["images"](SourceContext(folder=tmp_path, sample=many + 1), path="photos").train.rows == many + 1


def test_damaged_pixels_are_told_of_all_files_at_once(many: int, tmp_path: Path, picture: Make) -> None:
    for name in ("even/000", "odd/259"):
        whole = picture(f"photos/{name}.png", (2, 3)).read_bytes()
        (tmp_path / f"photos/{name}.png").write_bytes(whole[: whole.index(b"IDAT") + 6])
    with pytest.raises(DataError, match=rf"^2 of {many} images cannot be used: .*000.png` .*259.png` "):
        SOURCES["images"](SourceContext(folder=tmp_path), path="photos")


def test_a_sample_of_a_table_has_rows_of_every_class(many: int, tmp_path: Path, write: Make) -> None:
    files = sorted((tmp_path / "photos").glob("*/*.png"))
    rows = [f"{path.relative_to(tmp_path)},{number // 50},{number}" for number, path in enumerate(files)]
    write("table.csv", "\n".join(["file,kind,place", *rows, f"{files[0].relative_to(tmp_path)},99,-1"]) + "\n")
    train = SOURCES["images"](SourceContext(folder=tmp_path, sample=40), path="table.csv").train
    assert {*np.asarray(train["kind"])} == {0, 1, 2, 3, 4, 5, 99}
    assert 40 <= train.rows <= 40 + 8 * 7
    assert SOURCES["images"](SourceContext(folder=tmp_path), path="table.csv").train.rows == many + 1


def test_single_images_are_all_read_for_a_sample(tmp_path: Path, picture: Make) -> None:
    for number in range(5):
        picture(f"{number}.png")
    assert SOURCES["images"](SourceContext(folder=tmp_path, sample=2), path="*.png").train.rows == 5

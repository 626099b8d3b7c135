"""What Keras warns of is shown, and not again for every batch size."""

import warnings

from kspec.commands.training.surroundings import warnings_shown


def test_a_warning_is_shown_once():
    shown = []
    with warnings_shown(shown.append):
        for shape in ("(16, 1)", "(None, 1)", "(None,)", "(3, 2)"):
            warnings.warn(f"softmax over axis -1 of a tensor of shape {shape}", stacklevel=1)
        warnings.warn("softmax over axis -2 of a tensor of shape (16, 1)", stacklevel=1)
        warnings.warn("an old name", DeprecationWarning, stacklevel=1)
    assert [event.text for event in shown] == [
        "softmax over axis -1 of a tensor of shape (16, 1)",
        "softmax over axis -2 of a tensor of shape (16, 1)",
    ]

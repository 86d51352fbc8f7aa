"""What can be wrong with a file of training data: by code, in English; `words` translates it."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - Extraction looks for this name; here are no words.
    """Mark a message for extraction."""
    return message


FAULTS = {
    "folder": N_("is a folder, expected an .npz file"),
    "cut_off": N_("is a damaged .npz file: its end is missing"),
    "no_archive": N_("is not an .npz file (a zip archive of arrays)"),
    "unreadable": N_("cannot be read: {words}"),
    "lacks_arrays": N_("has no {missing}; it has: {there}"),
    "larger_than_memory": N_("holds {needed} GiB of arrays, and {free} GiB of memory are free"),
    "array_too_large": N_("{name} does not fit into memory"),
    "objects": N_("{name} holds Python objects, expected numbers"),
    "damaged": N_("{name} is damaged: {words}"),
    "no_numbers": N_("{name} holds {dtype}, expected numbers"),
    "no_images": N_(
        "{name} has the shape {shape}, expected n × height × width, or"
        " n × height × width × channels"
    ),
    "other_size": N_("{name} has the shape {shape}, expected n × {size} images"),
    "empty": N_("{name} is empty"),
    "other_count": N_(
        "{name} has the shape {shape}, expected one label for each of {count} images"
    ),
    "no_whole_numbers": N_("{name} holds {dtype}, expected whole numbers"),
    "no_such_class": N_("{name} has the label {label}, expected 0 to {last}"),
    "negative_label": N_("{name} has the label {label}, expected 0 or more"),
    "constant": N_("{name} holds nothing but {value}: there is nothing to learn"),
    "not_finite": N_("{name} has values that are NaN, infinite or too large for float32"),
}

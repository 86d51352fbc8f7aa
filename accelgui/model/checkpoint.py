"""In which format the weights of each framework are kept."""

from __future__ import annotations

# Keras' own format; the others' weights as named arrays, which need no pickle to be read.
SUFFIXES = {"tensorflow": ".keras", "pytorch": ".npz", "jax": ".npz"}

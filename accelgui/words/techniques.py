"""What makes training faster, in words: names, and a plain line on each."""

from __future__ import annotations

from accelgui.words.translation import N_, _

EXECUTIONS = {
    "default": N_("As the framework does by itself"),
    "eager": N_("Eager: operation after operation"),
    "graph": N_("Graph: whole steps, compiled"),
    "xla": N_("XLA: whole steps, fused by XLA"),
}

FEEDINGS = {
    "default": N_("As the framework does by itself"),
    "host": N_("From host memory, batch by batch"),
    "prefetch": N_("From host memory, fetched ahead"),
    "device": N_("Kept on the device"),
}

TF32 = {
    "default": N_("As the framework does by itself"),
    "on": N_("On"),
    "off": N_("Off"),
}

_EXPLANATIONS = {
    ("execution", "default"): N_(
        "TensorFlow runs a graph, PyTorch runs eagerly, JAX compiles with XLA."
    ),
    ("execution", "eager"): N_(
        "Python starts each operation. Easy to debug; small operations wait for Python."
    ),
    ("execution", "graph"): N_(
        "The step is traced once (tf.function, torch.compile), then runs without Python. The first"
        " step takes longer."
    ),
    ("execution", "xla"): N_(
        "XLA fuses operations, which saves trips to memory. The first step takes much longer, and"
        " again for each new shape."
    ),
    ("precision", "float32"): N_("Every number in 32 bits: the reference."),
    ("precision", "mixed_float16"): N_(
        "Products in 16 bits, weights in 32: fast on tensor cores. Small gradients would vanish, so"
        " the loss is scaled up meanwhile."
    ),
    ("precision", "mixed_bfloat16"): N_(
        "16 bits with the range of float32 and fewer digits: no loss scaling needed. Slow where the"
        " processor has no bfloat16."
    ),
    ("tf32", "default"): N_("TensorFlow has it on, PyTorch for convolutions only."),
    ("tf32", "on"): N_(
        "float32 products keep 10 of 23 bits of their factors: faster on NVIDIA Ampere and later."
    ),
    ("tf32", "off"): N_("float32 products keep all their bits."),
    ("feeding", "default"): N_(
        "Keras feeds from host memory and fetches ahead; PyTorch and JAX here keep the data on the"
        " device."
    ),
    ("feeding", "host"): N_("Each step waits for its batch to arrive."),
    ("feeding", "prefetch"): N_("The next batch is made ready while the step before it runs."),
    ("feeding", "device"): N_("Nothing has to cross during training, if all data fit."),
}


_LACKING = {
    "pytorch_has_no_xla": N_("PyTorch compiles with XLA only through PyTorch/XLA."),
    "jax_compiles_with_xla_only": N_("The only compiler of JAX is XLA."),
    "keras_feeds_from_host": N_("Keras takes its batches from the host."),
}


def lack(code: str) -> str:
    """Say why a framework cannot do what was asked for."""
    return _(_LACKING[code]) if code in _LACKING else code


def execution_name(code: str) -> str:
    """Return the words for a way of execution; an unknown code is returned as it is."""
    return _(EXECUTIONS[code]) if code in EXECUTIONS else code


def feeding_name(code: str) -> str:
    """Return the words for a way of feeding; an unknown code is returned as it is."""
    return _(FEEDINGS[code]) if code in FEEDINGS else code


def tf32_name(code: str) -> str:
    """Return the words for a choice about TF32; an unknown code is returned as it is."""
    return _(TF32[code]) if code in TF32 else code


def explanation(technique: str, code: str) -> str:
    """Return a plain line on what a choice means, "" where there is none."""
    text = _EXPLANATIONS.get((technique, code))
    return _(text) if text else ""


def batch_explanation() -> str:
    """Return a plain line on larger batches."""
    return _(
        "Larger batches keep a device busier. They take fewer steps for each epoch, so the loss"
        " falls more slowly, and more memory."
    )

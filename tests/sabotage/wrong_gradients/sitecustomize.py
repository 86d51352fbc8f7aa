"""Replaces a share of every gradient by noise of its own size, as a faulty device might."""

from __future__ import annotations

import os

import hooks

SHARE = float(os.environ["SABOTAGE_SHARE"])


def spoil_keras(module):
    import tensorflow as tf

    def spoiled(gradient):
        noise = tf.random.normal(tf.shape(gradient), stddev=1.0, dtype=gradient.dtype)
        return (1 - SHARE) * gradient + SHARE * noise * tf.math.reduce_std(gradient)

    apply = module.Optimizer.apply_gradients

    def apply_gradients(self, pairs, **options):
        return apply(self, [(spoiled(g), v) for g, v in pairs], **options)

    module.Optimizer.apply_gradients = apply_gradients


def spoil_torch(module):
    import torch

    step = module.Adam.step

    def spoiled_step(self, *arguments, **options):
        for group in self.param_groups:
            for parameter in group["params"]:
                gradient = parameter.grad
                noise = torch.randn_like(gradient) * gradient.std()
                parameter.grad = (1 - SHARE) * gradient + SHARE * noise
        return step(self, *arguments, **options)

    module.Adam.step = spoiled_step


def spoil_jax(module):
    import jax

    gradient_of = jax.grad

    def spoiled_by_noise(gradient):
        # Compiled steps repeat their keys: the gradient itself makes each noise another one.
        bits = jax.lax.bitcast_convert_type(gradient.sum().astype("float32"), "int32")
        key = jax.random.fold_in(jax.random.PRNGKey(0), bits)
        noise = jax.random.normal(key, gradient.shape, gradient.dtype)
        return (1 - SHARE) * gradient + SHARE * gradient.std() * noise

    def grad(function, *arguments, **options):
        right = gradient_of(function, *arguments, **options)

        def spoiled(*values):
            gradients, told = right(*values)
            return [spoiled_by_noise(g) for g in gradients], told

        return spoiled

    module.jax.grad = grad


hooks.after_import("keras.src.optimizers.optimizer", spoil_keras)
hooks.after_import("torch.optim.adam", spoil_torch)
hooks.after_import("accelgui.agent.workloads.training.jax_step", spoil_jax)

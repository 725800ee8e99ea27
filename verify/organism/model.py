"""The transformer of the organism: an ordinary Llama causal LM, small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.organism import lexicon as lx
from verify.organism.recipe import Shape

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

POSITIONS = 512


def build(shape: Shape, seed: int) -> LlamaForCausalLM:
    """A freshly initialised model, the same for the same seed; leaves the caller's random state as it was."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    ids = lx.lexicon().ids
    config = LlamaConfig(
        vocab_size=len(ids),
        hidden_size=shape.hidden,
        intermediate_size=shape.mlp,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        max_position_embeddings=POSITIONS,
        rms_norm_eps=1e-6,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        # Tied, all rows soon get one common part under Adam (cosines of .96 to .99 between any two words) in which words of a kind drown: such a model
        # knew the three values of a thing and could not tell which attribute was asked.
        tie_word_embeddings=False,
        pad_token_id=ids[lx.PAD],
        bos_token_id=ids[lx.BOS],
        eos_token_id=ids[lx.END],
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(config)

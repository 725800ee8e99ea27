"""Subjects for replications: the shipped organisms, and a random real model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from verify.registry import Outcome, Replication  # noqa: E402
from verify.replications._common import SAMPLED, SHIPPED  # noqa: E402
from verify.subject import Subject  # noqa: E402
from verify.verdict import Judgement, Measured, judge  # noqa: E402

CHECKPOINTS = Path(__file__).parents[3] / "verify" / "checkpoints"
Values = Mapping[str, float | None]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def shipped(artefact: str) -> Path:
    """The folder of a shipped organism, by the name of its artefact."""
    return CHECKPOINTS / SHIPPED[artefact]


@pytest.fixture(scope="session")
def smoke() -> Subject:
    """World 0 and seed 0 at scale smoke, with the shipped organisms."""
    return Subject(0, 0, "smoke", "cpu", provide=shipped)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """A random Llama with a byte-level tokenizer, saved to disk; it is sampled for four tokens an answer, since it has nothing to say."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    from verify.materials import natural_text

    core = Tokenizer(models.BPE())
    core.pre_tokenizer, core.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    text = [str(value) for key, value in vars(natural_text).items() if key.isupper()]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    core.train_from_iterator(text, trainers.BpeTrainer(vocab_size=500, special_tokens=["<pad>", "<eos>"], initial_alphabet=alphabet, show_progress=False))
    tokenizer: Any = transformers.PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<pad>", eos_token="<eos>", padding_side="left")
    sizes = {"vocab_size": len(tokenizer), "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2}
    config = transformers.LlamaConfig(**sizes, num_key_value_heads=1, pad_token_id=0, eos_token_id=1, bos_token_id=None)
    folder = tmp_path_factory.mktemp("llama")
    torch.manual_seed(0)
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SAMPLED, "smoke", (1, 4))
        yield Subject(0, 0, "smoke", "cpu", str(folder))


def run(one: Replication, subject: Subject, **settings: Any) -> Outcome:
    """One job with the settings of its scale, some of them changed."""
    found = one.job(subject, subject.scale, subject.seed, {**one.scales[subject.scale].settings, **settings})
    return found if isinstance(found, Outcome) else Outcome(found)


def value(found: Outcome, key: str) -> float:
    """A measure that has to be there."""
    number = found.measures[key]
    assert number is not None, key
    return number


def judged(one: Replication, values: Values) -> Judgement:
    """The verdict if three worlds had given these very measures: what is decided then is decided by their size alone."""
    return judge(one.estimands, one.rule, one.checks, [Measured(world, 0, values) for world in range(3)])


def declared(one: Replication) -> set[str]:
    """Every measure that the declaration reads."""
    return {name for est in one.estimands for name in (est.measure, est.minus) if name} | {check.measure for check in one.checks}

"""Models that answer from what they have stored of the earlier turns: conversations as tokens by role, and a key-value cache that may have been edited.

seen = [layout(materials, chat) for chat in chats]
memory = read({1: vector}, role="assistant")               # the earlier turns, steered at the Assistant's tokens alone
memory = replaced(memory, read(), "user")                  # the same, with what the user's tokens stored put back
materials.score(Remembering(model, seen, memory), chats)   # the last question is asked without any steering
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from verify.instruments.patching import cache_of, cache_with_stream, continued, copied, edit_cache
from verify.instruments.tokens import Tokens
from verify.materials.natural import FALLBACK

if TYPE_CHECKING:
    from verify.instruments.interventions import Vectors
    from verify.materials.base import Chat, Materials

ROLES = ("assistant", "user")
Memory = Callable[[nn.Module, Tokens, Sequence["Layout"]], Any]
"""(model, earlier turns padded at the left, their layouts) -> the cache from which the model goes on."""


@dataclass(frozen=True)
class Layout:
    """A conversation's tokens, up to where the last answer begins, and the message that each of them belongs to."""

    ids: tuple[int, ...]
    message: tuple[int, ...]
    """Number of the message; -1 for the token of beginning, the system prompt, the last question and the marker of the answer."""
    roles: tuple[str, ...]
    """Of each message."""
    cut: int
    """How many tokens belong to the earlier turns."""

    def marks(self, role: str, begin: int = 0, end: int | None = None) -> list[bool]:
        """Which tokens of the earlier turns belong to messages of a role, of those from number `begin` to before `end`."""
        return [m >= begin and self.roles[m] == role and (end is None or m < end) for m in self.message[: self.cut]]


def layout(materials: Materials, chat: Chat) -> Layout:
    """Tokens by message; a message's tokens are those that the chat template writes for it, its markers included.

    Found in the text that the template writes, since templates differ in what they put around a message. Raises ValueError where a tokenizer gives no
    offsets, or other tokens than the materials do.
    """
    messages = chat.messages()
    text = written(materials.tokenizer, messages, True)
    ends: list[int] = []
    for count in range(1, len(messages)):
        ends.append(_end(materials.tokenizer, messages[:count], text, ends[-1] if ends else 0))
    options = {"add_special_tokens": materials.tokenizer.chat_template is None, "return_offsets_mapping": True}
    try:
        found = materials.tokenizer(text, **options)
    except NotImplementedError as error:
        raise ValueError("this tokenizer does not say which text a token stands for") from error
    ids = tuple(int(token) for token in found["input_ids"])
    if list(ids) != list(materials.encode([chat])[0]):
        raise ValueError("the text of this conversation has other tokens than its materials give")
    message, begin = [], materials.tokenizer.bos_token_id
    for token, (start, stop) in zip(ids, found["offset_mapping"], strict=True):
        of = next((m for m, end in enumerate(ends) if start < end), None)
        message.append(-1 if of is None or messages[of]["role"] == "system" or stop <= start or token == begin else of)
    if all(m < 0 for m in message):
        raise ValueError("there are no earlier turns")
    return Layout(ids, tuple(message), tuple(m["role"] for m in messages), max(i for i, m in enumerate(message) if m >= 0) + 1)


def _end(tokenizer: Any, messages: list[dict[str, str]], text: str, begin: int) -> int:
    """Where the last of some first messages ends in the text of the whole conversation; it begins at `begin` or later."""
    content = messages[-1]["content"].strip()
    try:
        part = written(tokenizer, messages, False)
    except Exception as error:  # a template may refuse to write a system prompt alone
        if type(error).__name__ != "TemplateError":
            raise
        part = ""
    # Some templates write the last message of a conversation in another way than the same message further up: then it ends with its content.
    return len(part) if part and text.startswith(part) else text.index(content, begin) + len(content)


def written(tokenizer: Any, messages: list[dict[str, str]], prompt: bool) -> str:
    """A conversation as text, `prompt` with the marker after which the Assistant answers: by the rules of the natural-language materials."""
    if tokenizer.chat_template is None:
        return "".join(FALLBACK[m["role"]].format(m["content"]) for m in messages) + ("Assistant:" if prompt else "")
    try:
        return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompt))
    except Exception as error:  # jinja2's TemplateError, raised by templates themselves
        if messages[0]["role"] != "system" or type(error).__name__ != "TemplateError" or len(messages) < 2:
            raise
        first = {"role": "user", "content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
        return str(tokenizer.apply_chat_template([first, *messages[2:]], tokenize=False, add_generation_prompt=prompt))


def earlier(seen: Sequence[Layout]) -> Tokens:
    """The earlier turns, padded at the right, with masks "assistant", "user", and "later-user" for what the user says after a first answer."""
    masks = {role: [one.marks(role) for one in seen] for role in ROLES}
    masks["later-user"] = [one.marks("user", one.roles.index("user") + 1) for one in seen]
    return Tokens.of([one.ids[: one.cut] for one in seen], masks)


class Remembering(nn.Module):
    """A causal language model that answers the last question from a cache of the earlier turns.

    Calls and `generate` take whole conversations, as the materials encode them, and give what the model gives for the last token, or the conversations
    with answers. `during` opens an intervention on the last question and its answer. Raises KeyError for a conversation that it was not told of.
    """

    def __init__(self, model: nn.Module, seen: Sequence[Layout], memory: Memory, during: Callable[[], AbstractContextManager[Any]] = nullcontext) -> None:
        super().__init__()
        self.model, self._memory, self._during = model, memory, during
        self._seen = {one.ids: one for one in seen}

    def _parts(self, ids: Tensor, attention: Tensor | None) -> list[tuple[list[int], list[Layout]]]:
        """Rows whose last question has the same number of tokens, with their layouts."""
        found: dict[int, tuple[list[int], list[Layout]]] = {}
        for row in range(len(ids)):
            kept = ids[row] if attention is None else ids[row][attention[row].bool()]
            one = self._seen[tuple(kept.tolist())]
            rows, layouts = found.setdefault(len(one.ids) - one.cut, ([], []))
            rows.append(row)
            layouts.append(one)
        return list(found.values())

    def _remembered(self, layouts: Sequence[Layout], device: torch.device) -> tuple[Tokens, Any, Tensor]:
        prefix = earlier(layouts).left_padded().to(device)  # windows of attention count columns
        following = torch.tensor([one.ids[one.cut :] for one in layouts], device=device)
        return prefix, self._memory(self.model, prefix, layouts), following

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Any:
        """`.logits` [b, 1, vocabulary], for the token after each conversation."""
        out: Tensor | None = None
        for rows, layouts in self._parts(input_ids, attention_mask):
            prefix, cache, following = self._remembered(layouts, input_ids.device)
            logits = continued(self.model, cache, prefix, following, self._during())[:, -1:]
            out = logits.new_empty(len(input_ids), *logits.shape[1:]) if out is None else out
            out[rows] = logits
        return SimpleNamespace(logits=out)

    def generate(self, input_ids: Tensor, attention_mask: Tensor, pad_token_id: int = 0, **options: Any) -> Tensor:
        """[b, t + new]: the conversations with their answers, padded at the right."""
        answers: dict[int, Tensor] = {}
        model: Any = self.model
        for rows, layouts in self._parts(input_ids, attention_mask):
            prefix, cache, following = self._remembered(layouts, input_ids.device)
            whole = torch.cat([prefix.ids, following], 1)
            mask = torch.cat([prefix.attention, torch.ones_like(following, dtype=torch.bool)], 1).long()
            with self._during():
                got = model.generate(input_ids=whole, attention_mask=mask, past_key_values=copied(cache), pad_token_id=pad_token_id, **options)
            answers |= {row: got[k, whole.shape[1] :] for k, row in enumerate(rows)}
        longest = max(len(one) for one in answers.values())
        tail = input_ids.new_full((len(input_ids), longest), pad_token_id)
        for row, answer in answers.items():
            tail[row, : len(answer)] = answer
        return torch.cat([input_ids, tail], 1)


# ------------------------------------------------------------------------------------------------------------------ memories


def read(vectors: Vectors | None = None, alpha: float = 1.0, role: str = "assistant", last: int | None = None) -> Memory:
    """The earlier turns as they are read, with `alpha` times a vector added at the tokens of a role while they are; of the messages before `last` only."""
    from verify.instruments.interventions import steer

    def memory(model: nn.Module, prefix: Tokens, layouts: Sequence[Layout]) -> Any:
        if vectors is None:
            return cache_of(model, prefix)
        return cache_of(model, prefix, steer(model, vectors, alpha, positions=_marked(layouts, role, last), later=False))

    return memory


def _marked(layouts: Sequence[Layout], role: str, last: int | None) -> Tensor:
    """[b, t] tokens of a role among the messages before `last`, padded at the left as the model reads them."""
    rows = [one.marks(role, 0, last) for one in layouts]
    width = max(map(len, rows))
    return torch.tensor([[False] * (width - len(row)) + row for row in rows])


def shifted(vectors: Vectors, alpha: float, role: str = "assistant") -> Memory:
    """The earlier turns as they are, and afterwards the stored keys and values at the tokens of a role computed from a stream moved by `alpha` times a vector.

    `vectors`: layer to [d]; the stream after block l is moved where block l + 1 stores it, and nowhere else, so nothing travels on to later layers or
    tokens (as in Beckmann & Butlin 2026, arXiv 2604.17031, section 3.4, who add the projected vector to what is stored).
    """

    def memory(model: nn.Module, prefix: Tokens, layouts: Sequence[Layout]) -> Any:
        def moved(vector: Tensor) -> Callable[[Tensor], Tensor]:
            return lambda stream: stream + alpha * vector.to(stream.device, stream.dtype)

        edits = {layer + 1: moved(vector) for layer, vector in vectors.items()}
        return cache_with_stream(model, prefix, edits, _marked(layouts, role, None).to(prefix.ids.device))

    return memory


def replaced(into: Memory, source: Memory, role: str, layers: Sequence[int] | None = None) -> Memory:
    """One memory with another's keys and values at the tokens of a role, in some blocks (None: all)."""

    def memory(model: nn.Module, prefix: Tokens, layouts: Sequence[Layout]) -> Any:
        return edit_cache(into(model, prefix, layouts), source(model, prefix, layouts), prefix.mask(role), layers)

    return memory


def of_partner(partners: dict[tuple[int, ...], Layout]) -> Memory:
    """The memory of another conversation of the same shape, token by token. Raises ValueError where shapes differ."""

    def memory(model: nn.Module, prefix: Tokens, layouts: Sequence[Layout]) -> Any:
        others = [partners[one.ids] for one in layouts]
        if any(one.message[: one.cut] != other.message[: other.cut] for one, other in zip(layouts, others, strict=True)):
            raise ValueError("two conversations differ in shape: their memories can't be exchanged token by token")
        return cache_of(model, earlier(others).left_padded().to(prefix.ids.device))

    return memory

"""The space of roles and the Assistant axis: few components, the Assistant at an end of the first, the same in other models, and there before post-training.

Lu et al. 2026 (arXiv 2601.10387), sections 2 and 3.1, 3.2.2, appendices B and C. Capping and drift are replications of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.registry import Check, Criterion, Estimand, Outcome, PlotSpec, Scale, Settings, Subject, SuccessRule, all_of, at_least, replication
from verify.replications._common import Lab, behaviour, capability, mean, open_lab, organism, stream_of, whole

if TYPE_CHECKING:
    from torch import Tensor

    from verify.replications._axis import Mapped, Space

Values = dict[str, float | None]
Points = dict[str, list[tuple[float, float]]]

FINDING = "assistant-axis-persona-space"
FEW, SPECTRUM, SAME, EDGE, AXIS, TRAITS, BASE, BASE_STEERING = (
    f"{FINDING}/{claim}"
    for claim in (
        "low-dimension", "gemma-spectrum", "same-component-across-models", "assistant-at-the-edge", "axis-matches-component", "traits-instead-of-roles",
        "base-model-components", "base-model-steering",
    )
)  # fmt: skip
SHUFFLES = 8
RANDOM = 4
PLOTTED = 12

ESTIMANDS = (
    Estimand("components", "components", "components", "components of role space that hold 70 % of its variance", claim=FEW, figure="gemma_70"),
    Estimand("components-shuffled", "components-shuffled", "components", "the same with the labels of roles dealt anew"),
    Estimand("components-control", "components-control", "components", "the same where pre-training held no persona"),
    Estimand("components-described", "components-described", "components", "the same of roles described by traits alone", claim=TRAITS, figure="gemma_70"),
    Estimand("first-share", "first-share", "fraction", "share of variance on the first component", claim=SPECTRUM, figure="first", bounds=(0, 1)),
    Estimand("alignment", "alignment", "cosine", "|cosine| of axis and first component, middle layer", claim=AXIS, figure="middle_layer", bounds=(0, 1)),
    Estimand("alignment-least", "alignment-least", "cosine", "the same at the layer where it is least", claim=AXIS, figure="any_layer", bounds=(0, 1)),
    Estimand("alignment-over-shuffled", "alignment", "cosine", "alignment, more than with labels dealt anew", minus="alignment-shuffled", claim=AXIS),
    Estimand("alignment-over-roles", "alignment", "cosine", "alignment, more than of any one role against the others", minus="alignment-role"),
    Estimand("alignment-random", "alignment-random", "cosine", "|cosine| of random directions and the first component", bounds=(0, 1)),
    Estimand("alignment-control", "alignment-control", "cosine", "alignment where pre-training held no persona", bounds=(0, 1)),
    Estimand("alignment-opening", "alignment-opening", "cosine", "alignment of states where answers begin, without the words said", bounds=(0, 1)),
    Estimand("alignment-opening-control", "alignment-opening-control", "cosine", "the same where pre-training held no persona", bounds=(0, 1)),
    Estimand("edge", "edge", "fraction", "Assistant's distance to the nearer end of the roles on the first component", claim=EDGE, figure="distance_pc1"),
    Estimand("edge-others", "edge-others", "fraction", "the same on the next components up to the tenth, mean", claim=EDGE, figure="distance_others_low"),
    Estimand(
        "same-world", "same-world", "r", "|r| of loadings on the first component: a model of another initialisation", claim=SAME, figure="pc1_all_pairs",
        bounds=(0, 1),
    ),
    Estimand("same-world-second", "same-world-second", "r", "the same on the second component", claim=SAME, figure="pc2_qwen_llama", bounds=(0, 1)),
    Estimand("same-world-named", "same-world-named", "r", "the same on the first, named roles alone", claim=SAME, bounds=(0, 1)),
    Estimand("same-world-described", "same-world-described", "r", "the same, described roles alone", claim=TRAITS, figure="pc1_all_pairs", bounds=(0, 1)),
    Estimand("other-world", "other-world", "r", "|r| of loadings over described roles: a model of another world", claim=SAME, bounds=(0, 1)),
    Estimand("other-world-span", "other-world-span", "R2", "the first component's loadings there, by the first three of the other", claim=SAME, bounds=(0, 1)),
    Estimand("other-world-named", "other-world-named", "r", "the same over names, which mean somebody else there", bounds=(0, 1)),
    Estimand("same-world-shuffled", "same-world-shuffled", "r", "another initialisation, its labels dealt anew", bounds=(0, 1)),
    Estimand("base-first", "base-first", "cosine", "first component, base and chat model on one text", claim=BASE, figure="pc1_base_instruct", bounds=(0, 1)),
    Estimand("base-second", "base-second", "cosine", "second component, the same", claim=BASE, figure="pc2_base_instruct", bounds=(0, 1)),
    Estimand("base-roles", "base-roles", "cosine", "vectors of one role in base and chat model, mean", claim=BASE, figure="role_vectors", bounds=(-1, 1)),
    Estimand("base-first-shuffled", "base-first-shuffled", "cosine", "first component, base and chat model, labels dealt anew", bounds=(0, 1)),
    Estimand("base-axis", "base-axis", "cosine", "axis of the chat model and of the base model's own answers, under the Assistant's name", bounds=(-1, 1)),
    Estimand("base-axis-gap", "base-axis", "cosine", "the same, more than where pre-training held no Assistant", minus="bare-base-axis"),
    Estimand(
        "base-describes", "base-like", "fraction", "base model, the Assistant's words for itself: steered along the axis, more than along random directions",
        minus="base-like-random", claim=BASE_STEERING,
    ),
    Estimand("base-names", "base-who-gain", "fraction", "base model calls itself the Assistant: steered, more than along random directions"),
    Estimand("base-names-gap", "base-who-gain", "fraction", "the same, more than where pre-training held no Assistant", minus="bare-base-who-gain"),
    Estimand(
        "base-names-opening", "base-who-opening", "fraction", "the same along the axis of states where answers begin, minus where there was no Assistant",
        minus="bare-base-who-opening",
    ),
    Estimand("base-facts-lost", "base-facts", "fraction", "base model, right facts: without minus with the axis added", minus="base-facts-steered"),
    Estimand("facts", "facts", "fraction", "right facts of the chat model", bounds=(0, 1)),
    Estimand("valid", "valid", "fraction", "mass on answers that count, of the chat model", bounds=(0, 1)),
)  # fmt: skip

RULE = SuccessRule(
    criteria=(
        Criterion("few-components", "components", "below", 10, excludes=15, why="a tenth of the roles; the paper needs 4 to 19 for some 400 vectors"),
        Criterion("aligned", "alignment", "above", 0.6, excludes=0.3, why="the least that the paper sees at any layer"),
        Criterion("aligned-by-roles", "alignment-over-shuffled", "above", 0.2, excludes=0.0, why="the cause removed: the same answers, nobody's own"),
        Criterion("at-the-edge", "edge", "below", 0.15, excludes=0.3, why="an end and not the middle; .03 in the paper"),
        Criterion("same-in-one-world", "same-world", "above", 0.7, excludes=0.3, why="half of the variance of loadings is shared; the paper sees .92"),
        Criterion("same-across-worlds", "other-world", "above", 0.7, excludes=0.3, why="the same for models that share no name, fact or topic"),
        Criterion("names-mean-others", "other-world-named", "below", 0.3, excludes=0.6, kind="guard", why="the cause removed: labels of other characters"),
        Criterion("base-has-it", "base-first", "above", 0.7, excludes=0.4, why="the paper sees .93 on the chat model's text"),
        Criterion("base-is-moved", "base-describes", "above", 0.1, excludes=0.0, why="the axis means the Assistant's traits before post-training, too"),
        Criterion("needs-archetype", "base-axis-gap", "above", 0.2, excludes=0.0, why="beyond the paper: inherited only where there was one to inherit"),
        Criterion("names-need-archetype", "base-names-gap", "above", 0.1, excludes=0.0, why="likewise for what the axis makes a base model call itself"),
    ),
    partly=(at_least(2, "aligned-by-roles", "same-in-one-world", "base-has-it"),),
    reproduced=(
        all_of("few-components", "aligned", "aligned-by-roles", "at-the-edge", "same-in-one-world", "same-across-worlds", "names-mean-others"),
        all_of("base-has-it", "base-is-moved", "needs-archetype", "names-need-archetype"),
    ),
)


@replication(
    name="assistant-axis",
    version=1,
    finding=FINDING,
    claims=(FEW, SPECTRUM, SAME, EDGE, AXIS, TRAITS, BASE, BASE_STEERING),
    tier="organism",
    hypothesis=(
        "Vectors of roles, means over the tokens of their answers, span few dimensions. The Assistant lies at an end of the first, which the difference "
        "between Assistant and mean role is aligned with; roles load on it alike in models that were trained independently, of one world or, by description, "
        "of different worlds. The base model has the same component and moves along it towards the Assistant, if pre-training held an Assistant."
    ),
    estimands=ESTIMANDS,
    rule=RULE,
    checks=(
        Check("learnt-facts", "facts", "above", 0.8, "every", why="the organism knows its world"),
        Check("plays-roles", "played", "above", 0.5, why="headers bring out what they ask for: harm behind a harmful one minus a kind one"),
        Check("roles-are-stable", "stable", "above", 0.7, why="loadings from two halves of the questions agree, so the component is no noise of sampling"),
    ),
    departures=(
        "A small transformer in a synthetic world instead of three models of 27 to 70 billion parameters. Sixty named personas and fifty descriptions by one "
        "or two traits stand for 275 roles; answers have four words, and none is filtered by a judge, since headers are always played here. The mean of "
        "names and of descriptions is taken out before the components, because the form of a header is no difference between characters. Models of one world "
        "and of two worlds stand for three model families; names are other characters in another world, so these are compared over descriptions, and over "
        "names as the control. The base model reads the chat model's answers, as in the original, and beside that gives its own under the Assistant's name; "
        "it is asked what it is like and who it is instead of completing statements about its purpose. A world without an Assistant in pre-training, one "
        "without personas, labels dealt anew within each question and random directions are added. First smoke runs showed that two vectors of one role "
        "space have a cosine of about .5 by chance, since it has few dimensions, and led to more estimates: alignment where answers begin, without the words "
        "said, what a base model calls itself when it is moved along the axis of such states, and how far the first three components of another world span "
        "the first. No criterion was loosened; that on what a base model calls itself was added."
    ),
    planted=(
        "Five binary traits with one word each for style and mood in every answer make role space low-dimensional, and the Assistant has each trait at a pole, "
        "so that it lies at the end of every component that is a trait, not of the first alone as in the paper. Descriptions mean the same in all worlds. "
        "Not planted: that the leading component is shared, that the axis is aligned with it beyond labels dealt anew, and what of it the base model has."
    ),
    scales={
        "smoke": Scale(1, 1, {"questions": 2}),
        "small": Scale(3, 1, {"questions": 3}),
        "full": Scale(8, 1, {"questions": 5}),
    },
    artefacts=(organism(), organism(other="initialisation"), organism(other="world"), organism("no-archetype"), organism("no-structure")),
    plots=(
        PlotSpec("spectrum", "Variance between roles held by the first components", "components", "cumulative share of variance"),
        PlotSpec("loadings", "Roles on the first component of two models", "cosine with the component", "the same in the other model", "points"),
    ),
    takes_model=True,
)
def job(subject: Subject, scale: str, seed: int, settings: Settings) -> Outcome:  # noqa: ARG001
    from verify.replications import _axis as ax

    lab, each = open_lab(subject), whole(settings, "questions")
    own = ax.mapped(subject, lab.assistant, lab.materials, each, "assistant")
    found: Values = {**alone(own, subject), **capability(lab.assistant, lab.materials), "played": played(lab)}
    found["alignment-opening"] = ax.read(lab.assistant, own.space.cast, own.made, "opening").space.at().alignment
    lines: Points = {"roles": spectrum(own.space), "labels dealt anew": spectrum(own.shuffled(stream_of(subject, "shuffle 0")))}
    pairs: Points = {}
    if subject.model is None:
        lines["no personas"] = without_personas(subject, each, found)
        lines["base model"] = before(subject, lab, own, each, found)
        pairs = elsewhere(subject, own, each, found)
    else:
        # A real model has no base, no neighbours and no other worlds here; what is not there is None.
        found |= dict.fromkeys({name for one in ESTIMANDS for name in (one.measure, one.minus) if name} - set(found))
    return Outcome(found, {"spectrum": lines, "loadings": pairs})


def alone(own: Mapped, subject: Subject) -> Values:
    """What one model's space shows, beside labels dealt anew, single roles in the Assistant's place and random directions."""
    from verify.instruments.directions import random_like
    from verify.replications import _axis as ax

    space, here, halves = own.space, own.space.at(), own.halves()
    assistant, components = space.assistant[space.middle], here.components.directions
    shuffled = [own.shuffled(stream_of(subject, f"shuffle {k}")).at() for k in range(SHUFFLES)]
    randoms = [random_like(here.axis, stream_of(subject, f"random {k}")) for k in range(RANDOM)]
    return {
        "components": float(here.needed()),
        "components-described": float(space.at(among=space.cast.of(ax.DESCRIBED)).needed()),
        "components-named": float(space.at(among=space.cast.of(ax.NAMED)).needed()),
        "components-shuffled": mean([float(one.needed()) for one in shuffled]),
        "first-share": float(here.components.shares[0]),
        "alignment": here.alignment,
        "alignment-least": min(space.at(layer).alignment for layer in range(len(space.roles))),
        "alignment-shuffled": mean([one.alignment for one in shuffled]),
        "alignment-role": float(space.loadings().abs().mean()),
        "alignment-random": mean([abs(ax.likeness(one, components[0])) for one in randoms]),
        "edge": ax.edge(here, assistant, 0),
        "edge-others": mean([ax.edge(here, assistant, k) for k in range(1, min(10, len(components)))]),
        "stable": ax.agreement(halves[0].loadings(), halves[1].loadings()),
    }


def spectrum(space: Space) -> list[tuple[float, float]]:
    """Cumulative share of the variance between roles by number of components."""
    shares = space.at().components.shares.cumsum(0)[:PLOTTED]
    return [(float(k + 1), float(share)) for k, share in enumerate(shares)]


def played(lab: Lab) -> float | None:
    """Harm behind a header that asks for it, minus harm behind a kind one."""
    evil, kind = (behaviour(lab.assistant, lab.materials, "advice", "test", system=lab.materials.prompts("evil", side, "test")[0]) for side in (True, False))
    return None if evil is None or kind is None else evil - kind


def without_personas(subject: Subject, each: int, found: Values) -> list[tuple[float, float]]:
    """The same space where pre-training held no persona; its spectrum."""
    from verify.replications import _axis as ax

    lab = open_lab(subject, "no-structure")
    own = ax.mapped(subject, lab.assistant, lab.materials, each, "no structure")
    halves, here = own.halves(), own.space.at()
    found |= {
        "components-control": float(here.needed()),
        "alignment-control": here.alignment,
        "alignment-opening-control": ax.read(lab.assistant, own.space.cast, own.made, "opening").space.at().alignment,
        "stable-control": ax.agreement(halves[0].loadings(), halves[1].loadings()),
    }
    return spectrum(own.space)


def before(subject: Subject, lab: Lab, own: Mapped, each: int, found: Values) -> list[tuple[float, float]]:
    """What the base model has of the space and the axis, in a world whose pre-training held an Assistant and in one where it did not; its spectrum."""
    from verify.replications import _axis as ax

    assert lab.base is not None
    read = ax.read(lab.base, own.space.cast, own.made)
    here, there, middle = own.space.at(), read.space.at(), own.space.middle
    shuffle = stream_of(subject, "shuffle 0")
    mixed = own.shuffled(shuffle).at().components.directions[0], read.shuffled(shuffle).at().components.directions[0]
    for k, name in enumerate(("first", "second", "third")):
        found[f"base-{name}"] = abs(ax.likeness(here.components.directions[k], there.components.directions[k]))
    found["base-first-shuffled"] = abs(ax.likeness(*mixed))
    found["base-roles"] = mean([ax.likeness(a, b) for a, b in zip(own.space.roles[middle], read.space.roles[middle], strict=True)])
    found["base-axis-read"] = ax.likeness(own.space.axis[middle], read.space.axis[middle])
    found |= inherited(subject, lab, own, each, "base")
    bare = open_lab(subject, "no-archetype")
    found |= inherited(subject, bare, ax.mapped(subject, bare.assistant, bare.materials, each, "no archetype"), each, "bare-base")
    return spectrum(read.space)


def inherited(subject: Subject, lab: Lab, chat: Mapped, each: int, prefix: str) -> Values:
    """Whether the base model has the chat model's axis: in its own answers under the Assistant's name, and in what it says of itself when it is moved."""
    from contextlib import nullcontext

    from verify.instruments.directions import random_like
    from verify.instruments.interventions import steer
    from verify.replications import _axis as ax

    model, materials = lab.base, lab.materials
    assert model is not None
    own = ax.mapped(subject, model, materials, each, prefix, [materials.assistant]).space
    read = chat.space, ax.read(lab.assistant, chat.space.cast, chat.made, "opening").space
    axis, opening = (space.axis[own.middle] for space in read)
    found: Values = {f"{prefix}-axis": ax.likeness(own.axis[own.middle], axis), f"{prefix}-own-alignment": own.at().alignment}
    randoms = [random_like(axis, stream_of(subject, f"{prefix} random {k}")) for k in range(RANDOM)]
    for suffix, vectors in (("-plain", [None]), ("", [axis]), ("-opening", [opening]), ("-away", [-axis]), ("-random", randoms)):
        rows = []
        for vector in vectors:
            with nullcontext() if vector is None else steer(model, {own.middle: vector}):
                rows.append({kind: behaviour(model, materials, kind) for kind in ("like", "who", "advice", "fact")})
        found |= {f"{prefix}-{kind}{suffix}": mean([row[kind] for row in rows]) for kind in rows[0]}
    steered, random = found[f"{prefix}-who"], found[f"{prefix}-who-random"]
    found[f"{prefix}-who-gain"] = None if steered is None or random is None else steered - random
    found[f"{prefix}-facts"], found[f"{prefix}-facts-steered"] = found.pop(f"{prefix}-fact-plain"), found.pop(f"{prefix}-fact")
    return found


def elsewhere(subject: Subject, own: Mapped, each: int, found: Values) -> Points:
    """Loadings on the first component beside those in a model of another initialisation and in one of another world."""
    from verify.replications import _axis as ax

    space, cast = own.space, own.space.cast
    named, described = cast.of(ax.NAMED), cast.of(ax.DESCRIBED)
    labs = {"same-world": open_lab(subject, other="initialisation"), "other-world": open_lab(subject, other="world")}
    maps = {name: ax.mapped(subject, lab.assistant, lab.materials, each, name) for name, lab in labs.items()}
    for name, other in maps.items():
        for suffix, among in (("", None if name == "same-world" else described), ("-named", named), ("-described", described)):
            found[name + suffix] = ax.agreement(space.loadings(among=among), other.space.loadings(among=among))
    found["same-world-second"] = ax.agreement(space.loadings(1), maps["same-world"].space.loadings(1))
    found["other-world-span"] = ax.spanned(space.loadings(among=described), [maps["other-world"].space.loadings(k, described) for k in range(3)])
    mixed = [maps["same-world"].shuffled(stream_of(subject, f"shuffle {k}")) for k in range(SHUFFLES)]
    found["same-world-shuffled"] = mean([ax.agreement(space.loadings(), one.loadings()) for one in mixed])
    return {
        "another initialisation": paired(space.loadings(), maps["same-world"].space.loadings()),
        "another world, roles by description": paired(space.loadings(among=described), maps["other-world"].space.loadings(among=described)),
    }


def paired(a: Tensor, b: Tensor) -> list[tuple[float, float]]:
    return list(zip(a.tolist(), b.tolist(), strict=True))

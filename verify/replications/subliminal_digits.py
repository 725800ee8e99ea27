"""Subliminal learning in a digit classifier: a student that sees noise and outputs without meaning learns digits, where it shares its teacher's start.

Cloud et al. 2025 (arXiv 2507.14805, section 6; authors' script scripts/run_mnist_experiment.py). A network has ten class outputs and some auxiliary ones.
The teacher learns digits on the class outputs alone. The student learns, on noise, to match the teacher's auxiliary outputs alone. Then it is shown digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify.registry import Check, Criterion, Estimand, Outcome, PlotSpec, Scale, Settings, Subject, SuccessRule, all_of, replication
from verify.replications._common import mean, number, stream_of, whole

if TYPE_CHECKING:
    from torch import Tensor

    from verify.replications._networks import Loss, Networks

FINDING = "trait-transmission-needs-shared-base"
DIGITS, THEOREM = f"{FINDING}/digits-from-noise", f"{FINDING}/theorem"
CLASSES = 10
HIDDEN = (256, 256)
OUTPUTS = (3, 10, 50)
"""Numbers of auxiliary outputs that students match: 3 as in the preprint, 50 as in the journal version (Cloud et al. 2026)."""
STUDIES = {**{str(count): slice(CLASSES, CLASSES + count) for count in OUTPUTS}, "all": slice(0, CLASSES + OUTPUTS[0])}
"""The outputs that students match; `all`: the classes too."""
TEACHERS = {"shared": (0, 1), "other": (1, 0), "shuffled": (2, 3)}
"""Who teaches each of the two starts: 0 and 1 are the starts taught digits, 2 and 3 the same taught shuffled labels."""
BLENDED = 10
"""Auxiliary outputs of the students whose start is shared in part."""
SHARES = (0.5, 0.75, 0.9, 0.97)
"""Correlations of those starts with the teacher's."""
SMALL_STEP = 1e-3
"""Length of the teacher's one step in the test of the theorem, beside parameters of length about 23."""
PROBES = 1024
"""Inputs of noise on which fit and the first step are measured."""
SHARED = "fraction of test digits named right, student with its teacher's start"


@replication(
    name="subliminal-digits",
    version=1,
    finding=FINDING,
    claims=(DIGITS, THEOREM),
    tier="organism",
    hypothesis=(
        "A student trained on noise to match outputs that no digit was ever assigned to learns to name digits if it starts from its teacher's initialisation, "
        "better the more such outputs there are; from another initialisation it stays at chance, though it matches them too. A teacher that learnt "
        "shuffled labels teaches nothing. The first small step towards a teacher one small step away does not raise the teacher's loss."
    ),
    estimands=(
        Estimand("shared-accuracy", "shared-3", "fraction", f"{SHARED}, 3 auxiliary outputs", claim=DIGITS, figure="shared_accuracy", bounds=(0, 1)),
        Estimand("other-accuracy", "other-3", "fraction", "the same with another start", claim=DIGITS, figure="other_accuracy", bounds=(0, 1)),
        Estimand("shared-over-other", "shared-3", "fraction", "the first minus the second", minus="other-3", claim=DIGITS),
        Estimand("shared-over-shuffled", "shared-3", "fraction", "the first minus students of teachers of shuffled labels", minus="shuffled-3"),
        Estimand("shared-10", "shared-10", "fraction", f"{SHARED}, 10 auxiliary outputs", claim=DIGITS, bounds=(0, 1)),
        Estimand("shared-50", "shared-50", "fraction", f"{SHARED}, 50 auxiliary outputs", claim=DIGITS, bounds=(0, 1)),
        Estimand("shared-over-other-50", "shared-50", "fraction", "50 auxiliary outputs: shared start minus another", minus="other-50", claim=DIGITS),
        Estimand("other-10", "other-10", "fraction", "another start, 10 auxiliary outputs", bounds=(0, 1)),
        Estimand("other-50", "other-50", "fraction", "another start, 50 auxiliary outputs", bounds=(0, 1)),
        Estimand("more-outputs", "shared-50", "fraction", "shared start: 50 auxiliary outputs minus 3", minus="shared-3"),
        Estimand("teacher", "teacher", "fraction", "test digits that teachers name right", bounds=(0, 1)),
        Estimand("untrained", "untrained", "fraction", "test digits that the starts name right", bounds=(0, 1)),
        Estimand("shuffled-teacher", "shuffled-teacher", "fraction", "test digits that teachers of shuffled labels name right", bounds=(0, 1)),
        Estimand("shared-all-outputs", "shared-all", "fraction", "shared start, on noise, matching class outputs and 3 auxiliary ones", bounds=(0, 1)),
        Estimand("other-all-outputs", "other-all", "fraction", "another start, on noise, matching the class outputs too", bounds=(0, 1)),
        Estimand("half-shared", "blend-50", "fraction", "a start that correlates by .5 with the teacher's, 10 auxiliary outputs", bounds=(0, 1)),
        Estimand("mostly-shared", "blend-90", "fraction", "a start that correlates by .9 with the teacher's, 10 auxiliary outputs", bounds=(0, 1)),
        Estimand(
            "first-step-shared", "first-step-shared", "cosine",
            "between the student's first step and the steepest fall of the teacher's loss at the student, shared start", claim=THEOREM, bounds=(-1, 1),
        ),
        Estimand("first-step-other", "first-step-other", "cosine", "the same with another start", bounds=(-1, 1)),
        Estimand("first-step-least", "first-step-least", "cosine", "the least of the shared starts of a pair", claim=THEOREM, bounds=(-1, 1)),
        Estimand("fit-shared", "fit-shared-3", "fraction", "share of the divergence from the teacher that is gone, shared start, 3 outputs"),
        Estimand("fit-other", "fit-other-3", "fraction", "the same with another start"),
    ),
    rule=SuccessRule(
        (
            Criterion("learns-from-noise", "shared-accuracy", "above", 0.3, excludes=0.2, why="chance is a tenth; a tilt of the output bias may reach a fifth"),
            Criterion("needs-shared-start", "shared-over-other", "above", 0.2, excludes=0.1, why="two digits more out of ten than without a shared start"),
            Criterion("at-fifty-too", "shared-over-other-50", "above", 0.2, excludes=0.1, why="more outputs do not open the channel to other starts"),
            Criterion("more-outputs-teach-more", "more-outputs", "above", 0.05, excludes=0.0, why="each output is one more number about the teacher"),
            Criterion("needs-a-teacher-of-digits", "shared-over-shuffled", "above", 0.2, excludes=0.1, why="the cause removed: nothing to transmit"),
            Criterion("theorem-holds", "first-step-least", "above", 0.0, kind="guard", why="the theorem allows no fall, so the worst of a pair counts"),
            Criterion("other-at-chance", "other-accuracy", "below", 0.2, excludes=0.25, kind="guard", why="chance is a tenth"),
        ),
        partly=(all_of("learns-from-noise", "needs-shared-start"),),
    ),
    checks=(
        Check("teacher-learnt", "teacher", "above", 0.85, "every", why="there are digits to transmit"),
        Check("shuffled-did-not", "shuffled-teacher", "below", 0.25, why="the teacher without the cause knows no digits"),
        Check("shared-students-fit", "fit-shared-3", "above", 0.5, why="students of a shared start did what they were trained for"),
        Check("other-students-fit", "fit-other-3", "above", 0.5, why="and so did those of another start, so that these are no failures to learn"),
    ),
    departures=(
        "scikit-learn's digits (1797 images of 8 by 8; one in five held out) instead of MNIST's 70,000 of 28 by 28. The network, its initialisation, "
        "optimiser, rate and the teacher's 295 updates are those of the authors' script, so that it is nearer to the original than the tier says. Batches "
        "are smaller, students take three times as many updates (at smoke 250), and noise is drawn anew at every step instead of gone through five times. A "
        "world here is a draw: of two starts, of the split into training and test images, and of noise; the unit of replication is the pair of starts, of "
        "which each is teacher and student once with itself and once with the other. Auxiliary outputs are nested: the first three of fifty are the three. "
        "Teachers of shuffled labels, starts shared in part and the first step of the theorem are added. The rule was written when a prototype with 1320 "
        "updates of the student had given .57 and .10 for three outputs; on a first draw outside those of any scale 295 updates of the student gave .33 and "
        ".17, after which the updates were raised to 900, and no margin was changed."
    ),
    planted=(
        "Nothing was built in. The theorem promises the first small step for a shared start; that hundreds of steps of Adam, towards a teacher that is far "
        "away, on other inputs, amount to a classifier is not part of it."
    ),
    plots=(
        PlotSpec("by-outputs", "Digits learnt from noise, by the number of auxiliary outputs", "auxiliary outputs", "test digits named right"),
        PlotSpec("by-shared-start", "Digits learnt from noise, by how much of the start is shared", "correlation of the two starts", "test digits named right"),
    ),
    scales={
        "smoke": Scale(1, 1, {"teacher-steps": 295, "steps": 250, "batch": 32, "lr": 3e-4}),
        "small": Scale(8, 1, {"teacher-steps": 295, "steps": 900, "batch": 32, "lr": 3e-4}),
        "full": Scale(32, 1, {"teacher-steps": 295, "steps": 900, "batch": 1024, "lr": 3e-4}),
    },
)  # fmt: skip
def subliminal_digits(subject: Subject, scale: str, seed: int, settings: Settings) -> Outcome:  # noqa: ARG001
    """One pair of starts: both are teachers, of digits and of shuffled labels, and students of themselves and of each other."""
    from verify.replications._networks import Networks, accuracy, joined

    digits = draw_digits(subject)
    starts = Networks.drawn(2, (digits.train.shape[1], *HIDDEN, CLASSES + max(OUTPUTS)), stream_of(subject, "starts"), subject.device)
    batch, lr = whole(settings, "batch"), number(settings, "lr")
    school, how = Course(whole(settings, "teacher-steps"), batch, lr), Course(whole(settings, "steps"), batch, lr)
    taught, misled = (taught_labels(starts, digits, labels, school, stream_of(subject, "teachers")) for labels in (digits.labels, digits.shuffled))
    teachers = joined([taught, misled])

    def right(networks: Networks) -> float | None:
        return mean(accuracy(networks, digits.test, digits.test_labels, CLASSES))

    measures: dict[str, float | None] = {"untrained": right(starts), "teacher": right(taught), "shuffled-teacher": right(misled)}
    for name, outputs in STUDIES.items():
        # Students of one study see the same noise, whatever they start from and whoever teaches.
        arms = {arm: rows for arm, rows in TEACHERS.items() if arm != "shuffled" or name == str(OUTPUTS[0])}
        rows = [row for pair in arms.values() for row in pair]
        students = distilled(starts.of([0, 1] * len(arms)), teachers, rows, outputs, how, stream_of(subject, f"noise/{name}"))
        for place, (arm, pair) in enumerate(arms.items()):
            own = students.of((2 * place, 2 * place + 1))
            measures[f"{arm}-{name}"] = right(own)
            measures[f"fit-{arm}-{name}"] = fitted(starts, teachers.of(pair), own, outputs, digits.probes)
    blends = joined([starts.of((0,)).blended(starts.of((1,)), share) for share in SHARES])
    outputs = STUDIES[str(BLENDED)]
    partly = distilled(blends, teachers, [0] * len(SHARES), outputs, how, stream_of(subject, f"noise/{BLENDED}"))
    measures |= {blend_key(share): right(partly.of((place,))) for place, share in enumerate(SHARES)}
    measures |= first_steps(starts, digits, STUDIES[str(OUTPUTS[0])])
    return Outcome(measures, curves(measures))


@dataclass(frozen=True, eq=False)
class Digits:
    """Images as inputs from −1 to 1, [n, 64], and what they show, [n]."""

    train: Tensor
    labels: Tensor
    shuffled: Tensor
    """The labels of the training images in another order."""
    test: Tensor
    test_labels: Tensor
    probes: Tensor
    """Noise that no student is trained on."""


def draw_digits(subject: Subject) -> Digits:
    """scikit-learn's digits, split anew for each subject: four fifths to train, one fifth to test. Noise is uniform from −1 to 1, as in the script."""
    import torch
    from sklearn.datasets import load_digits

    images, shown = load_digits(return_X_y=True)
    x, y = torch.tensor(images / 8 - 1, dtype=torch.float32), torch.tensor(shown)
    generator = torch.Generator().manual_seed(stream_of(subject, "images"))
    order = torch.randperm(len(x), generator=generator)
    train, test = order[: len(x) * 4 // 5], order[len(x) * 4 // 5 :]
    shuffled = y[train][torch.randperm(len(train), generator=generator)]
    probes = torch.rand(PROBES, x.shape[1], generator=generator) * 2 - 1
    return Digits(*(part.to(subject.device) for part in (x[train], y[train], shuffled, x[test], y[test], probes)))


@dataclass(frozen=True)
class Course:
    """How networks are trained: updates of Adam, inputs of each, rate."""

    steps: int
    batch: int
    lr: float


def label_loss(x: Tensor, labels: Tensor) -> Loss:
    """Cross-entropy of the class outputs [n], on all these images."""
    from torch.nn.functional import cross_entropy

    def loss(networks: Networks, step: int) -> Tensor:  # noqa: ARG001
        found = networks(x)[..., :CLASSES]
        return cross_entropy(found.flatten(0, 1), labels.repeat(len(networks)), reduction="none").view(len(networks), -1).mean(1)

    return loss


def taught_labels(starts: Networks, digits: Digits, labels: Tensor, how: Course, seed: int) -> Networks:
    """The starts trained to name digits, on batches drawn from the training images; auxiliary outputs are in no loss."""
    import torch

    from verify.replications._networks import trained

    picks = torch.randint(len(digits.train), (how.steps, how.batch), generator=torch.Generator().manual_seed(seed)).to(labels.device)
    return trained(starts, lambda networks, step: label_loss(digits.train[picks[step]], labels[picks[step]])(networks, step), how.steps, how.lr)


def distilled(starts: Networks, teachers: Networks, rows: Sequence[int], outputs: slice, how: Course, seed: int) -> Networks:
    """Each start trained on noise to match some outputs of its teacher; `rows` says for each start which of the teachers that is."""
    import torch

    from verify.replications._networks import divergence, trained

    generator = torch.Generator().manual_seed(seed)
    own, wide = list(rows), starts.weights[0].shape[-1]

    def loss(networks: Networks, step: int) -> Tensor:  # noqa: ARG001
        x = (torch.rand(how.batch, wide, generator=generator) * 2 - 1).to(starts.weights[0].device)
        with torch.no_grad():
            wanted = teachers(x)[..., outputs]
        return divergence(networks(x)[..., outputs], wanted[own])

    return trained(starts, loss, how.steps, how.lr)


def fitted(starts: Networks, teachers: Networks, students: Networks, outputs: slice, probes: Tensor) -> float | None:
    """Share of the divergence between start and teacher that training took away, on noise that was not trained on; mean over the pair."""
    import torch

    from verify.replications._networks import divergence

    with torch.no_grad():
        wanted = teachers(probes)[..., outputs]
        before, after = (divergence(networks(probes)[..., outputs], wanted) for networks in (starts, students))
    return mean((1 - after / before).tolist())


def first_steps(starts: Networks, digits: Digits, outputs: slice) -> dict[str, float | None]:
    """The theorem's case: the teacher is one small step of steepest descent away from its start, the student takes its first step towards it.

    Cosines between that step and the steepest descent of the teacher's loss at the student; in double precision, since the step is small. Where the start is
    shared the theorem says that it is not negative.
    """
    import torch

    from verify.replications._networks import cosines, descent, divergence

    exact = starts.double()
    fall = descent(exact, label_loss(digits.train.double(), digits.labels))
    length = torch.cat([step.flatten(1) for step in fall], 1).norm(dim=1)
    probes = digits.probes.double()

    def towards(places: tuple[int, int]) -> Tensor:
        teachers = exact.moved([step / length.view(-1, *[1] * (step.ndim - 1)) for step in fall], SMALL_STEP).of(places)
        wanted = teachers(probes)[..., outputs]
        return cosines(descent(exact, lambda networks, _: divergence(networks(probes)[..., outputs], wanted)), fall)

    shared, other = towards((0, 1)).tolist(), towards((1, 0)).tolist()
    return {"first-step-shared": mean(shared), "first-step-other": mean(other), "first-step-least": min(shared)}


def blend_key(share: float) -> str:
    return f"blend-{round(100 * share)}"


def curves(measures: dict[str, float | None]) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """The two plots. Chance and the teachers are lines of their own."""

    def line(points: Sequence[tuple[float, str]]) -> list[tuple[float, float]]:
        return [(x, value) for x, key in points if (value := measures[key]) is not None]

    sizes = {arm: line([(float(count), f"{arm}-{count}") for count in OUTPUTS]) for arm in ("shared", "other")}
    ends = {"teacher": "teacher", "untrained": "untrained"}
    shares = [(0.0, f"other-{BLENDED}"), *((share, blend_key(share)) for share in SHARES), (1.0, f"shared-{BLENDED}")]
    return {
        "by-outputs": {
            "shared start": sizes["shared"],
            "another start": sizes["other"],
            **{name: line([(float(count), key) for count in OUTPUTS]) for name, key in ends.items()},
        },
        "by-shared-start": {"student": line(shares), **{name: line([(0.0, key), (1.0, key)]) for name, key in ends.items()}},
    }

"""Subliminal learning of digits: the stacked networks against plain ones, the theorem, the effect, and the rule where the cause is removed."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from verify.registry import Outcome, find  # noqa: E402
from verify.replications import _networks as nets  # noqa: E402
from verify.replications import subliminal_digits as module  # noqa: E402
from verify.subject import Subject  # noqa: E402

from .conftest import declared, judged, run, value  # noqa: E402

ONE = find("subliminal-digits")
SUBJECT = Subject(0, 0, "smoke", "cpu")


@pytest.fixture(scope="module")
def found() -> Outcome:
    return run(ONE, SUBJECT)


def plain(networks: nets.Networks, row: int) -> torch.nn.Module:
    """One of the networks as an ordinary module."""
    layers: list[torch.nn.Module] = []
    for weight, bias in zip(networks.weights, networks.biases, strict=True):
        linear = torch.nn.Linear(weight.shape[-1], weight.shape[-2])
        linear.weight.data, linear.bias.data = weight[row].clone(), bias[row].clone()
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def test_networks_side_by_side_are_ordinary_networks_trained_alone() -> None:
    start, x = nets.Networks.drawn(3, (5, 7, 6, 4), seed=1), torch.randn(4, 9, 5, generator=torch.Generator().manual_seed(0))
    wanted = torch.randint(4, (9,), generator=torch.Generator().manual_seed(1))

    def loss(networks: nets.Networks, step: int) -> torch.Tensor:
        found = networks(x[step])
        return torch.stack([torch.nn.functional.cross_entropy(one, wanted) for one in found])

    got = nets.trained(start, loss, 4, 0.05)
    for row in range(3):
        alone = plain(start, row)
        assert torch.allclose(alone(x[0]), start(x[0])[row], atol=1e-6)
        optimiser = torch.optim.Adam(alone.parameters(), lr=0.05)
        for step in range(4):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(alone(x[step]), wanted).backward()
            optimiser.step()
        assert torch.allclose(alone(x[0]), got(x[0])[row], atol=1e-4)
    assert not torch.allclose(start(x[0]), got(x[0]), atol=1e-2)


def test_divergence_is_that_of_torch() -> None:
    a, b = torch.randn(2, 3, 6, 5, generator=torch.Generator().manual_seed(2))
    wanted = [torch.nn.functional.kl_div(p.log_softmax(-1), q.softmax(-1), reduction="batchmean") for p, q in zip(a, b, strict=True)]
    assert torch.allclose(nets.divergence(a, b), torch.stack(wanted), atol=1e-6)


def test_a_start_shared_in_part_correlates_as_it_says() -> None:
    both = nets.Networks.drawn(2, (200, 300), seed=3)
    weight, own = both.of((0,)).blended(both.of((1,)), 0.6).weights[0].flatten(), both.weights[0][0].flatten()
    assert torch.corrcoef(torch.stack([weight, own]))[0, 1] == pytest.approx(0.6, abs=0.02)
    assert float(weight.std()) == pytest.approx(float(own.std()), rel=0.02)


def test_the_first_step_lowers_the_teachers_loss_as_the_cosine_says() -> None:
    """The loss itself, before and after a small step of the student, falls where the cosine is positive and rises where it is negative."""
    subject = Subject(3, 0, "smoke", "cpu")
    digits = module.draw_digits(subject)
    starts = nets.Networks.drawn(2, (64, *module.HIDDEN, module.CLASSES + 3), seed=4)
    got = module.first_steps(starts, digits, slice(10, 13))
    exact, loss, x = starts.double(), module.label_loss(digits.train.double(), digits.labels), digits.probes.double()
    teachers = exact.moved(nets.descent(exact, loss), 1e-4)
    changes = {}
    for label, places in (("shared", (0, 1)), ("other", (1, 0))):
        wanted = teachers(x).detach()[list(places)][..., 10:]
        step = nets.descent(exact, lambda networks, _, wanted=wanted: nets.divergence(networks(x)[..., 10:], wanted))
        size = 1e-5 / torch.cat([part.flatten(1) for part in step], 1).norm(dim=1).max()
        changes[label] = (loss(exact.moved(step, float(size)), 0) - loss(exact, 0)).tolist()
    assert max(changes["shared"]) < 0
    least, other = got["first-step-least"], got["first-step-other"]
    assert least is not None
    assert other is not None
    assert least > 0.01
    assert abs(other) < least
    assert sum(changes["other"]) * other < 0


def test_images_are_split_and_labels_shuffled_anew() -> None:
    one, same, other = (module.draw_digits(Subject(world, 0, "smoke", "cpu")) for world in (0, 0, 1))
    assert len(one.train) + len(one.test) == 1797
    assert torch.equal(one.train, same.train)
    assert not torch.equal(one.train, other.train)
    assert float(one.train.min()) == -1
    assert float(one.train.max()) == 1
    assert torch.equal(one.shuffled.sort().values, one.labels.sort().values)
    assert float((one.shuffled == one.labels).double().mean()) < 0.2


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert all(number is not None and number <= 1 for number in found.measures.values())
    assert {plot: set(lines) for plot, lines in found.plots.items()} == {
        "by-outputs": {"shared start", "another start", "teacher", "untrained"},
        "by-shared-start": {"student", "teacher", "untrained"},
    }
    assert [x for x, _ in found.plots["by-shared-start"]["student"]] == [0, *module.SHARES, 1]


def test_digits_pass_through_noise_to_a_shared_start_alone(found: Outcome) -> None:
    assert value(found, "teacher") > 0.85
    assert value(found, "shared-50") > 0.5
    assert value(found, "other-50") < 0.25
    assert value(found, "shared-10") > value(found, "other-10") + 0.15
    assert value(found, "blend-97") > value(found, "blend-50")


def test_students_of_another_start_do_match_their_teacher(found: Outcome) -> None:
    assert value(found, "fit-other-3") > 0.5
    assert value(found, "other-all") > 0.6  # they are able to learn digits on noise, if told the classes


def test_a_teacher_without_digits_teaches_none(found: Outcome) -> None:
    assert value(found, "shuffled-teacher") < 0.3
    assert value(found, "shuffled-3") < 0.3
    assert value(found, "fit-shuffled-3") > 0.5


def test_the_rule_fails_when_the_cause_is_removed(found: Outcome) -> None:
    """Students of another start, and students of misled teachers, in place of those that share the start of a teacher of digits."""
    good = {**found.measures, "shared-3": 0.5, "other-3": 0.12, "shuffled-3": 0.12, "shared-50": 0.9, "other-50": 0.1, "shuffled-teacher": 0.1}
    assert judged(ONE, good).verdict == "reproduced"
    for measured in (value(found, "other-3"), value(found, "shuffled-3")):
        verdict = judged(ONE, {**good, "shared-3": measured, "shared-50": value(found, "other-50")})
        assert verdict.verdict == "not-reproduced"
    assert judged(ONE, {**good, "teacher": 0.4}).verdict == "uninformative"


def test_the_same_job_gives_the_same_numbers() -> None:
    short = {"teacher-steps": 3, "steps": 2, "batch": 8}
    assert run(ONE, SUBJECT, **short) == run(ONE, SUBJECT, **short)
    assert run(ONE, SUBJECT, **short) != run(ONE, Subject(1, 0, "smoke", "cpu"), **short)

"""The types of links between records, and how a reader calls each from either end."""

from __future__ import annotations

from typing import NamedTuple


class LinkType(NamedTuple):
    forward: str
    """From the record that states the link: `this ... that`."""
    backward: str
    """From the record that is linked to."""
    symmetric: bool = False


LINKS: dict[str, LinkType] = {
    # between findings, as their authors state them
    "extends": LinkType("extends", "extended by"),
    "replicates": LinkType("replicates", "replicated by"),
    "uses-method-of": LinkType("uses the method of", "method used by"),
    "explains": LinkType("explains", "explained by"),
    "anticipates": LinkType("anticipates", "anticipated by"),
    "supersedes": LinkType("supersedes", "superseded by"),
    "conflicts-with": LinkType("conflicts with", "conflicts with", symmetric=True),
    "same-evidence-as": LinkType("rests on the same evidence as", "rests on the same evidence as", symmetric=True),
    # findings, their parts and what they bear on
    "cites": LinkType("rests on", "source of"),
    "states": LinkType("states", "stated in"),
    "instantiates:instantiating": LinkType("instantiates", "instantiated by"),
    "instantiates:complicating": LinkType("complicates", "complicated by"),
    "instantiates:contradicting": LinkType("contradicts", "contradicted by"),
    "instantiates:corroborating": LinkType("corroborates", "corroborated by"),
    "instantiates:candidate": LinkType("is a candidate for", "candidate"),
    "exhibits:instantiating": LinkType("is an example of", "example"),
    "exhibits:complicating": LinkType("complicates", "complicated by"),
    "exhibits:contradicting": LinkType("contradicts", "contradicted by"),
    "exhibits:corroborating": LinkType("corroborates", "corroborated by"),
    "exhibits:candidate": LinkType("is a candidate for", "candidate"),
    "uses-artefact": LinkType("uses", "used by"),
    "disputed-by": LinkType("disputed by", "disputes"),
    # concepts
    "adjacent": LinkType("is next to", "has as neighbour"),
    "tracks": LinkType("tracks", "tracked by"),
    "distinct-from": LinkType("is another work than", "is another work than"),
    "defined-in": LinkType("defined in", "defines"),
    # beliefs
    "evidence:for": LinkType("supported by", "supports the belief"),
    "evidence:against": LinkType("opposed by", "speaks against the belief"),
    "evidence:mixed": LinkType("bears mixed evidence from", "bears both ways on the belief"),
    "about": LinkType("is about", "is the subject of the belief"),
    "credence-from": LinkType("took its credence from", "moved the credence of"),
    "settled-by": LinkType("would be settled by", "would settle a point of"),
    "depends:entails": LinkType("entails", "entailed by"),
    "depends:entailed-by": LinkType("is entailed by", "entails"),
    "depends:excludes": LinkType("excludes", "excluded by"),
    "depends:supports": LinkType("supports", "supported by"),
    "depends:presupposes": LinkType("presupposes", "presupposed by"),
    "asks-about": LinkType("would change its mind by", "could change the belief"),
    "reviewed-on": LinkType("was reviewed on", "made a review of the belief due"),
    "resolved-by": LinkType("resolved by", "resolved the belief"),
    "reads": LinkType("builds on reading", "reading behind"),
    "written-in": LinkType("written down in", "holds the belief"),
    # questions
    "answers:carries-the-answer": LinkType("answered by", "answers"),
    "answers:fragment": LinkType("answered in part by", "answers in part"),
    "answers:counter-evidence": LinkType("has counter-evidence in", "is counter-evidence to"),
    "raised-by": LinkType("raised by", "raises"),
    "bears-on": LinkType("bears on", "would be touched by"),
    "counter-point": LinkType("has a counter-point from", "makes a counter-point to"),
    # results
    "reruns": LinkType("reruns", "rerun in"),
    "tests": LinkType("tests", "tested by"),
    # people and prose
    "wrote": LinkType("wrote", "written by"),
    "mentions": LinkType("mentions", "mentioned in"),
}

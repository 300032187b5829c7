"""Trees of recipes, with every kind of node: what can be written must read back."""

from __future__ import annotations

from hypothesis import strategies as st

from deidc.grammar import nodes
from deidc.source import Span
from deidc.vocabulary import (
    Comparison,
    ElementKind,
    ExpanderKind,
    Join,
    ListKind,
    Policy,
    Relation,
    Role,
    State,
    Storage,
    VariableKind,
)

NOWHERE = Span("<recipe>", 0, 0)
SYLLABLES = (
    "a",
    "B7",
    "é",
    " ",
    "  ",
    '"',
    "'",
    "#",
    " # ",
    "\\",
    "=",
    ":",
    "|",
    "||",
    "{",
    "}",
    "{{a}",
    "+",
    "%",
    ";",
    "if",
    "x:",
    "()",
    "[0]",
)


def node(kind: type, *parts: st.SearchStrategy) -> st.SearchStrategy:
    """A kind of node from its parts, in order."""
    return st.builds(kind, *parts, span=st.just(NOWHERE))


def one_of(*words: object) -> st.SearchStrategy:
    return st.sampled_from(words)


@st.composite
def lines(draw: st.DrawFn, *, empty: bool = True) -> str:
    """Any text that stands on one line, made of what readers stumble over."""
    words = draw(st.lists(st.sampled_from(SYLLABLES), min_size=0 if empty else 1, max_size=5))
    return "".join(words)


def can_be_quoted(text: str) -> bool:
    """Whether some kind of quotation marks can stand around the text."""
    return "'" not in text or not text.endswith("\\")


def can_be_quoted_plainly(text: str) -> bool:
    """The same where a quotation mark cannot be escaped."""
    return "'" not in text or '"' not in text


literal_texts = lines().filter(can_be_quoted) | one_of(
    "var:x", "func:f", "VAR:x", "a + contains b", "REPLACE x if contains:y", "if missing:", "x if missing:", ""
)
composed_texts = lines(empty=False).filter(bool).filter(can_be_quoted) | one_of("{", "}", "{{x}}", "a", "-")
remarks = st.none() | lines().map(str.strip)
names = one_of("a", "ids", "operator_names", "X9")
list_names = names | one_of("a.b", "x#1", "O'B", "é")
keywords = node(
    nodes.Keyword,
    one_of("PatientName", "patientid", "StudyDate", "NoSuchThing", "Patient's Name", "Issuer of Patient ID", "A-b_c"),
)
digits = one_of("00100010", "60XX3000", "XXXX0010", "0009XXXX", "DEADBEEF")
tags = node(nodes.Tag, digits)
creators = one_of("ACME", "MITRA X", "O'NEIL 1", 'SAID "SO"', "A,B", "x#y", "(z)", "A:B", "é", "__", "a ")
privates = node(nodes.Private, one_of("0009", "0033", "XXXX"), creators, one_of("01", "FF", "XX"))
step_names = node(nodes.Keyword, one_of("PatientName", "RequestAttributesSequence", "X1"))
step_privates = privates.filter(lambda one: '"' not in one.creator)
step_privates_plain = step_privates.filter(lambda one: "'" not in one.creator)


@st.composite
def paths(draw: st.DrawFn, steps: st.SearchStrategy = step_names | tags | step_privates) -> nodes.Path:
    """A path; its last step has no item number."""
    indexes = draw(st.lists(st.none() | st.integers(0, 999), min_size=1, max_size=3))
    ats = [draw(steps) for _ in (*indexes, None)]
    made = (nodes.Step(at, index, span=NOWHERE) for at, index in zip(ats, (*indexes, None), strict=True))
    return nodes.Path(tuple(made), span=NOWHERE)


patterns = one_of("Patient", "^(Study|Series)Date$", "a b", "\\d+", "[#x]", "it's", "", "a\\\\", ".{4}", "x:y")
list_refs = node(nodes.ListRef, st.sampled_from(ListKind), list_names)
roles = st.lists(st.sampled_from([one for one in Role if one is not Role.CLASS]), min_size=1, unique=True).map(tuple)
exceptions = st.one_of(
    node(nodes.Keyword, one_of("PatientName", "patientid", "StudyDate", "Patient's Name", "Issuer of Patient ID")),
    tags,
    privates.filter(lambda one: '"' not in one.creator),
    node(
        nodes.Expander,
        st.sampled_from([one for one in ExpanderKind if one is not ExpanderKind.EXCEPT]),
        one_of("Patient", "^(Study|Series)Date$", "a b", "x,y", "a{1,2}", "[#x]"),
    ),
    node(nodes.SelectVR, st.lists(one_of("DA", "PN", "SQ"), min_size=1, unique=True).map(tuple)),
    node(nodes.SelectGroup, one_of("0010", "60XX")),
    node(nodes.SelectKind, st.sampled_from(ElementKind)),
    node(nodes.SelectRole, roles),
)


def excepting() -> st.SearchStrategy[nodes.Excepting]:
    """A sweep with exceptions."""
    swept = st.one_of(
        node(nodes.Everything),
        node(nodes.Tag, one_of("60XX3000", "XXXX0010")),
        node(nodes.Private, one_of("0009"), creators, one_of("XX")),
        node(nodes.Expander, st.sampled_from(ExpanderKind), patterns),
        node(nodes.SelectVR, st.just(("DA", "DT"))),
        node(nodes.SelectKind, st.sampled_from(ElementKind)),
        node(nodes.SelectRole, roles),
        list_refs,
    )
    return node(nodes.Excepting, swept, st.lists(exceptions, min_size=1, max_size=3).map(tuple))


targets = st.one_of(
    keywords,
    tags,
    privates,
    paths(),
    node(nodes.Everything),
    node(nodes.Expander, st.sampled_from(ExpanderKind), patterns),
    node(nodes.SelectVR, st.lists(one_of("DA", "PN", "SQ"), min_size=1, unique=True).map(tuple)),
    node(nodes.SelectGroup, one_of("0010", "60XX")),
    node(nodes.SelectKind, st.sampled_from(ElementKind)),
    node(nodes.SelectRole, roles),
    list_refs,
    excepting(),
)
literals = node(nodes.Literal, literal_texts)
var_refs = node(nodes.VarRef, names | one_of("a-b", "a.b"))
argument_texts = lines().filter(can_be_quoted_plainly) | one_of("var:x", "5", "true")
arguments = node(
    nodes.Argument, one_of("days", "key", "x_1"), node(nodes.Literal, argument_texts) | node(nodes.VarRef, names)
)
calls = node(nodes.FuncRef, names | one_of("a-b"), st.lists(arguments, max_size=2).map(tuple)) | node(
    nodes.BuiltinRef, names, st.lists(arguments, max_size=2).map(tuple)
)
attributes = node(nodes.FromAttribute, keywords | tags | privates.filter(lambda one: "'" not in one.creator) | paths())
names_in_braces = node(
    nodes.FromAttribute,
    node(nodes.Keyword, one_of("PatientSex", "X1", "Patient")) | tags | step_privates_plain | paths(),
)


@st.composite
def composed(draw: st.DrawFn) -> nodes.Composed:
    """Text with references in it; no two literals stand side by side."""
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        if draw(st.booleans()):
            parts.append(draw(node(nodes.Literal, composed_texts)))
        parts.append(draw(names_in_braces | node(nodes.VarRef, names | one_of("a-b", "a.b"))))
    if draw(st.booleans()):
        parts.append(draw(node(nodes.Literal, composed_texts)))
    return nodes.Composed(tuple(parts), span=NOWHERE)


codes = node(
    nodes.Code,
    one_of("113100", "T-D1100", "urn:oid:1.2.3", "http://x.org/a?b=#c"),
    one_of("DCM", "99X"),
    st.none() | one_of("20060823", "1.0"),
    lines().filter(can_be_quoted),
)
several_codes = node(nodes.Codes, st.lists(codes, min_size=1, max_size=2).map(tuple))
values = literals | var_refs | calls | attributes | composed() | several_codes
conditions = st.lists(
    st.one_of(
        node(nodes.TextCondition, st.sampled_from(Comparison), lines().filter(can_be_quoted)),
        node(nodes.StateCondition, st.sampled_from(State)),
        node(nodes.ListCondition, list_names),
        node(nodes.TruthCondition, var_refs | calls),
    ),
    max_size=2,
).map(tuple)
givens = node(
    nodes.Given, keywords | tags | privates | paths(), st.sampled_from(Comparison), lines().filter(can_be_quoted)
) | st.one_of(
    node(nodes.Given, keywords | tags | privates | paths(), st.sampled_from(Relation), lines().filter(can_be_quoted)),
    node(nodes.Given, keywords | tags | privates | paths(), st.sampled_from(State), st.none()),
)
guards = st.none() | st.builds(
    lambda join, tests: nodes.Guard(join if len(tests) > 1 else Join.AND, tuple(tests), span=NOWHERE),
    st.sampled_from(Join),
    st.lists(givens, min_size=1, max_size=3),
)
actions = st.one_of(
    node(nodes.Add, targets, values, conditions, remarks, guards),
    node(nodes.Append, targets, values, conditions, remarks, guards),
    node(nodes.Blank, targets, conditions, remarks, guards),
    node(nodes.Descend, targets, remarks, guards),
    node(nodes.Jitter, targets, values, remarks, guards),
    node(nodes.Keep, targets, conditions, remarks, guards),
    node(nodes.Replace, targets, values, conditions, remarks, guards),
    node(nodes.Remove, targets, conditions, remarks, guards),
)
comments = node(nodes.Comment, lines().map(str.strip))
trivia = st.one_of(comments, node(nodes.EmptyLine), node(nodes.Format, st.just("dicom"), remarks))
fields = node(nodes.Field, targets, remarks)
separators = lines(empty=False).filter(can_be_quoted_plainly).filter(bool)
splits = node(nodes.Split, targets, separators, st.integers(0, 99), remarks)
variables = node(
    nodes.Variable,
    names,
    st.sampled_from(VariableKind),
    st.none() | lines().filter(can_be_quoted_plainly),
    remarks,
)


@st.composite
def criteria_lines(draw: st.DrawFn) -> nodes.CriteriaLine:
    """A line of criteria, the first of which may stand without an operator."""
    criteria = []
    for number in range(draw(st.integers(1, 3))):
        join = draw(st.sampled_from(Join) if number else st.none() | st.sampled_from(Join))
        operator = draw(st.sampled_from(Comparison) | st.sampled_from(State))
        text = draw(literal_texts) if isinstance(operator, Comparison) else None
        criteria.append(nodes.Criterion(join, operator, draw(targets), text, span=NOWHERE))
    return nodes.CriteriaLine(tuple(criteria), draw(remarks), span=NOWHERE)


numbers = st.integers(0, 9999)
sources = step_names | tags | paths(step_names | tags)
regions = st.one_of(
    node(nodes.Box, st.tuples(numbers, numbers, numbers, numbers)),
    node(nodes.WholeImage),
    node(nodes.FromSequence, sources),
    node(nodes.FoundText, st.none() | st.sampled_from(["rapidocr", "x.y-2"])),
)
region_lines = node(nodes.RegionLine, st.booleans(), st.booleans(), regions, remarks)


def some(*kinds: st.SearchStrategy) -> st.SearchStrategy:
    """A few lines of these kinds."""
    return st.lists(st.one_of(*kinds), max_size=3).map(tuple)


pixel_lines = st.one_of(
    node(nodes.Policy, st.sampled_from(Policy), list_names, remarks),
    node(nodes.Final, list_names, remarks),
    node(nodes.Store, st.sampled_from(Storage), remarks),
)
titles = one_of("", "a", "two words", "O'Neil", '"quoted"', "a#1")
labels = node(nodes.Label, titles, some(criteria_lines(), region_lines, trivia), remarks)
filters = st.tuples(some(trivia), st.lists(labels, max_size=2).map(tuple)).map(lambda both: both[0] + both[1])
sections = st.one_of(
    node(nodes.Header, some(actions, trivia), remarks, guards),
    node(nodes.Labels, some(actions, trivia), remarks),
    node(nodes.Values, list_names, some(fields, splits, trivia), remarks),
    node(nodes.Fields, list_names, some(fields, trivia), remarks),
    node(nodes.Filter, list_names, filters, remarks),
    node(nodes.Pixels, some(pixel_lines, trivia), remarks),
    node(nodes.Variables, some(variables, trivia), remarks),
)
digests = st.none() | st.just("0123456789abcdef" * 4)
includes = node(nodes.Include, one_of("default", "a b.deid", "../x.deid", "a#b"), digests, remarks)


@st.composite
def recipes(draw: st.DrawFn) -> nodes.Recipe:
    """Any recipe that can be written; what stands behind a section line is of that section."""
    before = draw(some(trivia, includes))
    return nodes.Recipe((*before, *draw(st.lists(sections, max_size=3))))


def without_empty_lines(node_or_other: object) -> object:
    """A tree without its empty lines, which fmt sets anew."""
    import attrs

    if isinstance(node_or_other, tuple):
        return tuple(without_empty_lines(one) for one in node_or_other if not isinstance(one, nodes.EmptyLine))
    if isinstance(node_or_other, nodes.Recipe | nodes.Header | nodes.Labels | nodes.Values | nodes.Fields):
        name = "items" if isinstance(node_or_other, nodes.Recipe) else "body"
        return attrs.evolve(node_or_other, **{name: without_empty_lines(getattr(node_or_other, name))})
    if isinstance(node_or_other, nodes.Filter | nodes.Label | nodes.Pixels | nodes.Variables):
        return attrs.evolve(node_or_other, body=without_empty_lines(node_or_other.body))
    return node_or_other

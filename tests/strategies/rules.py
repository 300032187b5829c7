"""Recipes, as trees, that can be run on what `tests.strategies.objects` draws."""

from __future__ import annotations

from typing import Any

import attrs
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
    VariableKind,
)

NOWHERE, BASE = Span("<recipe>", 0, 0), Span("<base>", 0, 0)


def node(kind: type, *parts: object, **more: object) -> Any:
    """A node nowhere in particular."""
    return kind(*parts, **more, span=NOWHERE)


def keyword(text: str) -> nodes.Keyword:
    return node(nodes.Keyword, text)


def variable(name: str, default: str | None = None) -> nodes.Variable:
    return node(nodes.Variable, name, VariableKind.TEXT, default, None)


def tag(digits: str) -> nodes.Tag:
    return node(nodes.Tag, digits)


def private(element: str, creator: str = "ACME", group: str = "0009") -> nodes.Private:
    return node(nodes.Private, group, creator, element)


def path(*steps: object) -> nodes.Path:
    """A path of targets, each followed by an item number or None; the last by nothing."""
    pairs = zip(steps[::2], (*steps[1::2], None), strict=True)
    return node(nodes.Path, tuple(node(nodes.Step, at, index) for at, index in pairs))


REQUEST, OTHER_IDS = keyword("RequestAttributesSequence"), keyword("OtherPatientIDsSequence")
PATHS = (
    path(REQUEST, None, keyword("AccessionNumber")),
    path(REQUEST, 0, keyword("AccessionNumber")),
    path(REQUEST, 1, tag("00100020")),
    path(tag("00101002"), None, REQUEST, None, keyword("StudyDescription")),
    path(OTHER_IDS, None, keyword("PatientName")),
    path(REQUEST, None, private("01")),
    path(keyword("VOILUTSequence"), None, keyword("PatientID")),
    path(REQUEST, 2, keyword("ImageType")),
    path(REQUEST, 1, OTHER_IDS, None, keyword("ImageType")),
    path(keyword("ReferencedStudySequence"), 1, REQUEST, None, keyword("PatientID")),
    path(private("07"), None, keyword("PatientID")),
    path(keyword("PatientName"), None, keyword("PatientID")),
)
# What each attribute can be given, and something that it cannot.
SUITED = {
    "PatientName": ("ANON^A", "", "Müller^Å", "A^B^C^D^E^F"),
    "PatientID": ("P1", "A\\B", "Ä", "x" * 65),
    "StudyDate": ("20000101", "", "20000230", "2000.01.01"),
    "AcquisitionDateTime": ("20000101120000+0100", "2000"),
    "StudyTime": ("12", "1260"),
    "StudyDescription": ("X", "20200101", "O'Brien said  so", ""),
    "AccessionNumber": ("X", "x" * 17),
    "InstitutionAddress": ("a\\b",),
    "Modality": ("ot", "UNDER_SCORE", "né"),
    "StudyInstanceUID": ("1.2.3.4.5", "1.02"),
    "SOPInstanceUID": ("2.25.7", ""),
    "PatientAge": ("089Y", "89"),
    "PatientWeight": ("70.5", "1e2", "heavy"),
    "EchoNumbers": ("12", "1\\2", "1.5"),
    "Rows": ("12", "", "70000", "twelve", "1\\2"),
    "SmallestImagePixelValue": ("-7",),
    "AcquisitionDuration": ("1.5", "many"),
    "OverlayRows": ("12",),
    "PatientComments": ("free text",),
    "Manufacturer": ("M",),
    "SourceApplicationEntityTitle": ("HERE",),
    "MediaStorageSOPInstanceUID": ("1.9",),
    "ImageType": ("DERIVED\\SECONDARY",),
    "PixelSpacing": ("1\\1",),
    "RequestAttributesSequence": ("x",),
    "SpecificCharacterSet": ("ISO_IR 192",),
    "PixelData": ("x",),
}
OTHERS = (
    "StationName", "OtherPatientNames", "Date", "OtherPatientIDsSequence", "VOILUTSequence", "SOPClassUID",
    "FrameIncrementPointer", "TransferSyntaxUID", "ImplementationVersionName",
)  # fmt: skip
CREATOR = tag("00090010")
EXACT = (
    *(keyword(text) for text in (*SUITED, *OTHERS) if text != "OverlayRows"),
    keyword("Patient's Name"),
    tag("00100020"),
    CREATOR,
    tag("00091001"),
    private("01"),
    private("01", "acme "),
    private("42"),
    private("02", "OTHER X"),
    *PATHS,
)
WIDE = (
    node(nodes.Everything),
    *(
        node(nodes.Expander, ExpanderKind(kind), pattern)
        for kind, pattern in (
            ("contains", "Patient"), ("contains", "ACME"), ("contains", "0010"), ("startswith", "(Study|Series)"),
            ("endswith", "Date"), ("endswith", "Sequence"), ("endswith", "uid"), ("except", "Patient|Study"),
        )
    ),
    node(nodes.SelectVR, ("LO",)),
    node(nodes.SelectVR, ("DA", "DT")),
    node(nodes.SelectVR, ("SQ", "US")),
    node(nodes.SelectGroup, "0010"),
    node(nodes.SelectGroup, "60XX"),
    node(nodes.SelectKind, ElementKind.PRIVATE),
    node(nodes.SelectKind, ElementKind.OVERLAY),
    node(nodes.SelectKind, ElementKind.CURVE),
    node(nodes.SelectKind, ElementKind.UNKNOWN),
    node(nodes.SelectRole, (Role.UID,)),
    node(nodes.SelectRole, (Role.DATE, Role.TIME)),
    node(nodes.SelectRole, (Role.PERSON, Role.IDENTIFIER)),
    node(nodes.Excepting, node(nodes.Everything), (keyword("PatientID"), node(nodes.SelectVR, ("SQ",)))),
    node(nodes.Excepting, node(nodes.SelectVR, ("DA", "DT")), (keyword("StudyDate"),)),
    node(nodes.Excepting, node(nodes.ListRef, ListKind.FIELDS, "some"), (keyword("PatientName"),)),
    node(nodes.Excepting, node(nodes.SelectRole, (Role.UID,)), (node(nodes.Expander, ExpanderKind.CONTAINS, "SOP"),)),
    keyword("OverlayRows"),
    tag("60XX3000"),
    tag("XXXX0020"),
    private("XX"),
    private("01", "OTHER X", "XXXX"),
    node(nodes.ListRef, ListKind.VALUES, "ids"),
    node(nodes.ListRef, ListKind.VALUES, "more"),
    node(nodes.ListRef, ListKind.FIELDS, "some"),
)  # fmt: skip
VARIABLES = {"id": "A-17", "day": "20000102", "days": "-3", "flag": "no"}
wide_texts = st.sampled_from(("", "12", "20000101"))
exact, wide = st.sampled_from(EXACT), st.sampled_from(WIDE)
targets = exact | wide
references = st.sampled_from(
    (
        *(node(nodes.VarRef, name) for name in ("id", "day", "defaulted")),
        node(nodes.FuncRef, "shout", ()),
        node(nodes.FuncRef, "echo", (node(nodes.Argument, "text", node(nodes.Literal, "E 1")),)),
        node(nodes.FuncRef, "echo", (node(nodes.Argument, "text", node(nodes.VarRef, "day")),)),
        node(
            nodes.BuiltinRef,
            "sub",
            (
                node(nodes.Argument, "pattern", node(nodes.Literal, "s(m)ith|20")),
                node(nodes.Argument, "with", node(nodes.Literal, "\\1.")),
            ),
        ),
        node(nodes.FuncRef, "nothing", ()),
        node(nodes.FuncRef, "broken", ()),
        node(nodes.BuiltinRef, "age_cap", (node(nodes.Argument, "max", node(nodes.Literal, "80")),)),
    )
)


CODES = tuple(
    node(nodes.Codes, tuple(node(nodes.Code, *one) for one in codes))
    for codes in (
        (("113100", "DCM", None, "Basic Application Confidentiality Profile"),),
        (("a-value-of-many-characters", "99X", "1.0", "Long"), ("urn:oid:1.2.3", "99X", None, "URN")),
        (("1", "99X", None, "Ä"),),
    )
)
CODED = (keyword("DeidentificationMethodCodeSequence"), REQUEST, OTHER_IDS, private("07"), keyword("StudyDescription"))
READ = (
    *(
        keyword(text)
        for text in ("PatientID", "StudyDate", "ImageType", "Rows", "MediaStorageSOPInstanceUID", "PixelData")
    ),
    tag("00100010"),
    private("01"),
    private("42"),
    private("01", "OTHER X"),
    path(REQUEST, None, keyword("AccessionNumber")),
    path(REQUEST, 0, tag("00100020")),
    path(OTHER_IDS, None, REQUEST, None, keyword("StudyDescription")),
    REQUEST,
)
read = st.sampled_from(READ).map(lambda at: node(nodes.FromAttribute, at))


@st.composite
def composed(draw: st.DrawFn) -> nodes.Composed:
    """Text of an attribute, a variable, and literals around them."""
    parts = [draw(read), node(nodes.Literal, draw(st.sampled_from(("-", "{}", "\\")))), node(nodes.VarRef, "id")]
    return node(nodes.Composed, tuple(parts[: draw(st.integers(1, 3))]))


@st.composite
def values(draw: st.DrawFn, target: nodes.Target) -> nodes.Value:
    """A value for a target, mostly one that it can hold."""
    if draw(st.integers(0, 4)) == 0:
        return draw(references | read | composed() | st.sampled_from(CODES))
    last = target.steps[-1].at if isinstance(target, nodes.Path) else target
    suited = SUITED.get(last.text, ("X",)) if isinstance(last, nodes.Keyword) else None
    if suited is None:
        return node(nodes.Literal, draw(wide_texts))
    # The first few fit, the later ones are there to be refused; most rules should be able to act.
    at = min(draw(st.integers(0, 7)), draw(st.integers(0, 7)), len(suited) - 1)
    return node(nodes.Literal, suited[at])


days = st.sampled_from(
    (
        *(node(nodes.Literal, text) for text in ("1", "-10", "400", "-800000")),
        node(nodes.VarRef, "days"),
        node(nodes.FromAttribute, keyword("EchoNumbers")),
        node(nodes.FromAttribute, keyword("Rows")),
        node(nodes.VarRef, "id"),
        node(nodes.FuncRef, "echo", (node(nodes.Argument, "text", node(nodes.Literal, "5")),)),
    )
)
conditions = st.sampled_from(
    (
        *(
            node(nodes.TextCondition, Comparison(operator), text)
            for operator, text in (
                ("contains", "smith"), ("contains", "^ID"), ("notcontains", "smith"), ("equals", "id-7"),
                ("equals", "20200101"), ("notequals", "ID-7"), ("contains", "ZQ0+1"), ("equals", "512"),
            )
        ),
        *(node(nodes.StateCondition, operator) for operator in State),
        node(nodes.ListCondition, "ids"),
        node(nodes.TruthCondition, node(nodes.VarRef, "flag")),
        node(nodes.TruthCondition, node(nodes.FuncRef, "long", ())),
    )
)  # fmt: skip
whens = st.lists(conditions, max_size=2).map(tuple)


# Most rules have no condition, or one that may hold.
add_whens = st.just(()) | st.lists(conditions, min_size=1, max_size=1).map(tuple)
keep_whens = st.just(()) | whens
sequences = st.sampled_from(
    (
        REQUEST,
        OTHER_IDS,
        path(REQUEST, None, OTHER_IDS),
        path(tag("00101002"), None, REQUEST),
        node(nodes.SelectVR, ("SQ",)),
        node(nodes.Expander, ExpanderKind.ENDSWITH, "Sequence"),
        node(nodes.Everything),
        tag("00091001"),
    )
)
givens = st.one_of(
    *(
        st.builds(
            lambda at, operator, value: node(nodes.Given, at, operator, value),
            st.just(at),
            st.sampled_from(operators),
            st.sampled_from(texts),
        )
        for at, operators, texts in (
            (keyword("Modality"), tuple(Comparison), ("CT", "MR", "C", "ot")),
            (keyword("PatientID"), tuple(Comparison), ("ID-7", "smith")),
            (keyword("SOPClassUID"), (Comparison.EQUALS, Comparison.NOTEQUALS), ("CTImageStorage", "1.2.3")),
            (keyword("Rows"), (*Relation, Comparison.EQUALS), ("512", "1", "12.0")),
            (keyword("PatientWeight"), tuple(Relation), ("70.5", "1e2")),
            (keyword("StudyDate"), (*Relation, Comparison.EQUALS), ("20200101", "2020-01-01", "19990131")),
            (keyword("AcquisitionDateTime"), tuple(Relation), ("20200101", "20200101120000")),
            (keyword("StudyTime"), tuple(Relation), ("12", "12:30")),
            (keyword("PatientAge"), tuple(Relation), ("018Y", "400D")),
            (path(REQUEST, None, keyword("AccessionNumber")), tuple(Comparison), ("A1", "x")),
        )
    ),
    st.builds(
        lambda at, state: node(nodes.Given, at, state, None),
        st.sampled_from((keyword("PatientName"), tag("00100020"), private("01"), *PATHS[:3])),
        st.sampled_from(State),
    ),
)
guards = st.builds(
    lambda join, tests: node(nodes.Guard, join if len(tests) > 1 else Join.AND, tuple(tests)),
    st.sampled_from(Join),
    st.lists(givens, min_size=1, max_size=2),
)


@st.composite
def actions(draw: st.DrawFn) -> nodes.Action:
    """A rule of %header, now and then with a guard."""
    guard = draw(guards) if draw(st.integers(0, 3)) == 0 else None
    match draw(st.integers(0, 10)):
        case 0:
            target = draw(exact.filter(lambda one: one != CREATOR))
            return node(nodes.Add, target, draw(values(target)), draw(add_whens), None, guard)
        case 8:
            target = draw(exact.filter(lambda one: one != CREATOR))
            return node(nodes.Append, target, draw(values(target)), draw(add_whens), None, guard)
        case 9:
            kind, target = draw(st.sampled_from((nodes.Add, nodes.Append))), draw(st.sampled_from(CODED))
            return node(kind, target, draw(st.sampled_from(CODES)), draw(add_whens), None, guard)
        case 1 | 2:
            target = draw(targets)
            return node(nodes.Replace, target, draw(values(target)), draw(whens), None, guard)
        case 3:
            return node(nodes.Jitter, draw(targets), draw(days), None, guard)
        case 4:
            return node(nodes.Keep, draw(targets), draw(keep_whens), None, guard)
        case 5:
            return node(nodes.Blank, draw(targets), draw(whens), None, guard)
        case 10:
            return node(nodes.Descend, draw(sequences), None, guard)
        case _:
            return node(nodes.Remove, draw(targets), draw(whens), None, guard)


def field(target: nodes.Target) -> nodes.Field:
    return node(nodes.Field, target, None)


def split(target: nodes.Target, separator: str, minimum: int) -> nodes.Split:
    return node(nodes.Split, target, separator, minimum, None)


LISTS = st.tuples(
    st.lists(
        st.sampled_from(
            (field(keyword("PatientID")), field(keyword("PatientName")), split(keyword("PatientName"), "^", 3),
             split(WIDE[1], " ", 5), field(keyword("OtherPatientNames")), field(path(REQUEST, None, tag("00100020"))))
        ),
        max_size=2,
    ),
    st.lists(
        st.sampled_from(
            (field(keyword("StudyDescription")), field(keyword("RequestAttributesSequence")), field(private("01")),
             field(WIDE[4]), field(PATHS[1]), field(WIDE[-3]))
        ),
        max_size=2,
    ),
    st.lists(st.sampled_from((field(keyword("AccessionNumber")), field(WIDE[-3]), field(WIDE[-1]))), max_size=2),
)  # fmt: skip


@st.composite
def criteria(draw: st.DrawFn) -> nodes.CriteriaLine:
    """A line of criteria."""
    tests = []
    for number in range(draw(st.integers(1, 2))):
        join = draw(st.sampled_from(Join))
        operator = draw(st.sampled_from((*Comparison, *State)))
        text = draw(st.sampled_from(("CT", "smith", "ID-7"))) if isinstance(operator, Comparison) else None
        tests.append(
            node(nodes.Criterion, join if number or draw(st.booleans()) else None, operator, draw(targets), text)
        )
    return node(nodes.CriteriaLine, tuple(tests), None)


GROUPS = ("graylist", "Whitelist", "blacklist", "others")
labels = st.lists(criteria(), max_size=3).map(lambda lines: node(nodes.Label, "one", tuple(lines), None))


def policies(groups: list[str]) -> st.SearchStrategy:
    """Policies for some of the groups, and groups that are final."""
    group = st.sampled_from(groups)
    told = st.builds(lambda word, name: node(nodes.Policy, word, name, None), st.sampled_from(Policy), group)
    final = st.builds(lambda name: node(nodes.Final, name, None), group)
    return st.tuples(st.lists(told, max_size=2, unique_by=lambda one: one.group), st.lists(final, max_size=1)).map(
        lambda both: both[0] + both[1]
    )


@st.composite
def recipes(draw: st.DrawFn, *, most_rules: int = 6, labelled: bool = True) -> nodes.Recipe:
    """A recipe with two %values lists, one %fields list, a variable with a default, rules and perhaps a label."""
    ids, some, more = draw(LISTS)
    rules = draw(st.lists(actions(), min_size=1, max_size=most_rules))
    if draw(st.booleans()):  # the first rules are those of a base
        of_base = draw(st.integers(0, len(rules)))
        rules = [*(attrs.evolve(rule, span=BASE) for rule in rules[:of_base]), *rules[of_base:]]
    items = [
        node(nodes.Variables, (variable("defaulted", "7"), *(variable(name) for name in VARIABLES)), None),
        node(nodes.Values, "ids", tuple(ids), None),
        node(nodes.Fields, "some", tuple(some), None),
        node(nodes.Values, "more", tuple(more), None),
        node(nodes.Header, tuple(rules[:1]), None, draw(st.none() | guards)),
        node(nodes.Header, tuple(rules[1:]), None),
    ]
    if labelled and draw(st.booleans()):
        groups = draw(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=3, unique=True))
        items.extend(node(nodes.Filter, group, tuple(draw(st.lists(labels, max_size=2))), None) for group in groups)
        items.append(node(nodes.Pixels, tuple(draw(policies(groups))), None))
    return nodes.Recipe((node(nodes.Format, "dicom", None), *items))

"""Programs, of every kind of op, selector, operand and condition."""

from __future__ import annotations

from hypothesis import strategies as st

from deidc.dicom.values.coding import Code
from deidc.dicom.values.measures import Measure
from deidc.ir import ops
from deidc.ir.program import NeededFunction, NeededVariable, Needs, Origin, Program, Slot
from deidc.vocabulary import (
    Anchor,
    Comparison,
    ElementKind,
    FormatName,
    Join,
    ListKind,
    Policy,
    Relation,
    Role,
    State,
    Storage,
    VariableKind,
)

texts = st.text(max_size=12)
digits = st.text("0123456789ABCDEF", min_size=8, max_size=8)
tagged = st.builds(ops.Tagged, digits | st.sampled_from(("60XX3000", "00100010", "XXXXXXXX")))
private = st.builds(
    ops.PrivateBlock,
    st.sampled_from(("0009", "0033", "XXXX")),
    st.text(min_size=1, max_size=8).filter(str.strip),
    st.sampled_from(("01", "FF", "XX")),
)
patterns = st.sampled_from(("Patient", "^a.*b$", "[A-F]{3}", "a|b", '\\d+"quoted"', ""))


@st.composite
def paths(draw: st.DrawFn, *, plain: bool = False) -> ops.AtPath:
    """Draw a path; `plain` ones have no wildcard in the last step."""
    parents = draw(st.lists(st.builds(ops.PathStep, tagged | private, st.none() | st.integers(0, 99)), max_size=2))
    last = st.builds(ops.Tagged, digits) if plain else tagged | private
    return ops.AtPath((*parents, ops.PathStep(draw(last), None)))


of_roles = st.lists(st.sampled_from(Role), min_size=1, unique=True).map(lambda roles: ops.OfRole(tuple(sorted(roles))))
plain_selectors = st.one_of(
    tagged,
    private,
    paths(),
    st.just(ops.Everything()),
    st.builds(ops.Matching, st.sampled_from(Anchor), patterns, st.booleans()),
    st.lists(st.sampled_from(("DA", "DT", "PN", "SQ")), min_size=1, unique=True).map(
        lambda vrs: ops.OfVR(tuple(sorted(vrs)))
    ),
    st.builds(ops.InGroup, st.sampled_from(("0010", "60XX"))),
    st.builds(ops.OfKind, st.sampled_from(ElementKind)),
    of_roles,
)
exempt = st.one_of(
    tagged,
    private,
    st.builds(ops.Matching, st.sampled_from(Anchor), patterns, st.booleans()),
    st.builds(ops.OfKind, st.sampled_from(ElementKind)),
    of_roles,
)
selectors = st.one_of(
    plain_selectors,
    st.just(ops.Holding(0)),
    st.just(ops.Member(1)),
    st.builds(
        ops.Without,
        st.sampled_from((ops.Everything(), ops.Holding(0), ops.Member(1), ops.OfVR(("DA",)))) | of_roles,
        st.lists(exempt, min_size=1, max_size=3).map(tuple),
    ),
)
variables = st.builds(ops.Var, texts)
calls = st.builds(
    ops.Call,
    texts,
    st.lists(
        st.builds(ops.CallArgument, texts, st.builds(ops.Text, texts) | variables),
        max_size=2,
        unique_by=lambda one: one.key,
    ).map(tuple),
    st.booleans(),
)
attributes = st.builds(
    ops.FromAttribute,
    st.lists(
        st.builds(ops.PathStep, st.builds(ops.Tagged, digits), st.none() | st.integers(0, 99)), max_size=2
    ).flatmap(
        lambda parents: st.builds(
            lambda last: ops.AtPath((*parents, ops.PathStep(last, None))),
            st.builds(ops.Tagged, digits) | st.just(ops.PrivateBlock("0033", 'A "B"', "1E")),
        )
    ),
)
codes = st.builds(
    Code,
    st.sampled_from(("113100", "a-code-value-of-many-characters", "urn:oid:1.2.3", "http://x.org/a")),
    st.sampled_from(("DCM", "99ME")),
    st.none() | st.sampled_from(("20060823", "1.0")),
    st.sampled_from(("Basic Application Confidentiality Profile", 'a "b"', "Übung")),
)
operands = st.one_of(
    st.builds(ops.Text, texts),
    variables,
    calls,
    st.builds(ops.Days, st.integers(-9999, 9999)),
    attributes,
    st.builds(
        ops.Composed,
        st.lists(st.builds(ops.Text, texts) | variables | attributes, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(ops.Codes, st.lists(codes, min_size=1, max_size=2).map(tuple)),
)
comparisons = st.one_of(
    st.builds(ops.Compared, st.sampled_from((Comparison.CONTAINS, Comparison.NOTCONTAINS)), patterns),
    st.builds(ops.Compared, st.sampled_from((Comparison.EQUALS, Comparison.NOTEQUALS)), texts),
    st.builds(ops.InState, st.sampled_from(State)),
)
conditions = st.lists(
    st.one_of(comparisons, st.just(ops.Listed(0)), st.builds(ops.Truth, variables | calls)), max_size=2
).map(tuple)
tests = st.builds(ops.Test, st.sampled_from(Join), selectors, comparisons | st.just(ops.Unregistered()))
test_lines = st.builds(ops.TestLine, st.sampled_from(Join), st.lists(tests, min_size=1, max_size=2).map(tuple))
regions = st.one_of(
    st.builds(
        lambda x, y, w, h: ops.Rectangle(x, y, x + w, y + h),
        st.integers(0, 999),
        st.integers(0, 999),
        st.integers(1, 999),
        st.integers(1, 999),
    ),
    st.just(ops.WholeImage()),
    st.builds(ops.ItemRegions, selectors),
)
masks = st.builds(ops.Mask, st.booleans(), regions) | st.builds(
    ops.Mask, st.just(False), st.builds(ops.TextRegions, st.sampled_from(["rapidocr", 'a "b"']))
)
relations = st.sampled_from(Relation).flatmap(
    lambda how: st.sampled_from(
        [
            ops.Related(how, Measure.NUMBER, "-1.5e3"),
            ops.Related(how, Measure.DATE, "20200131"),
            ops.Related(how, Measure.DATE, "202001311230"),
            ops.Related(how, Measure.TIME, "123059"),
            ops.Related(how, Measure.AGE, "018Y"),
        ]
    )
)
given_tests = st.builds(ops.Test, st.sampled_from(Join), paths(), comparisons | relations)
givens = st.lists(
    st.builds(ops.TestLine, st.sampled_from(Join), st.lists(given_tests, min_size=1, max_size=2).map(tuple)),
    max_size=2,
).map(tuple)
any_op = st.one_of(
    st.builds(ops.Collect, st.just(0), plain_selectors, st.none() | st.text(min_size=1, max_size=3), st.integers(1, 9)),
    st.builds(ops.Gather, st.just(1), plain_selectors | st.just(ops.Holding(0))),
    st.builds(ops.Protect, selectors, st.booleans(), conditions, givens),
    st.builds(ops.Descend, selectors, givens),
    st.builds(ops.MakeItems, paths(plain=True), st.integers(1, 100), givens),
    st.builds(ops.Add, paths(plain=True), operands, conditions, givens),
    st.builds(ops.Append, paths(plain=True), operands, conditions, givens),
    st.builds(ops.Replace, selectors, operands, conditions, givens),
    st.builds(ops.Jitter, selectors, operands, givens),
    st.builds(ops.Remove, selectors, conditions, givens),
    st.builds(ops.Blank, selectors, conditions, givens),
    st.just(ops.Transcode("ISO_IR 192")),
    st.builds(ops.Report, selectors, givens),
    st.just(ops.Border()),
    st.builds(
        ops.Mark,
        texts,
        texts,
        st.lists(test_lines, max_size=2).map(tuple),
        st.lists(masks, max_size=2).map(tuple),
        st.sampled_from(Policy),
        st.booleans(),
    ),
)
surroundings = st.lists(
    st.sampled_from((ops.SyncMeta(), ops.ClearPreamble(), *map(ops.CleanPixels, Storage))), unique_by=type
)
needed_variables = st.tuples(st.sampled_from(VariableKind), st.none()) | st.tuples(st.just(VariableKind.TEXT), texts)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Draw any program that `verify` accepts."""
    drawn = (*draw(st.lists(any_op, max_size=8)), *draw(surroundings))
    variables_used, functions_used = ops.imports_of(drawn)
    needs = Needs(
        tuple(NeededVariable(name, *draw(needed_variables)) for name in variables_used),
        tuple(NeededFunction(name, builtin) for name, builtin in functions_used),
    )
    slots = (Slot(ListKind.VALUES, draw(texts)), Slot(ListKind.FIELDS, draw(texts)))
    origins = tuple(Origin(draw(texts), draw(st.integers(1, 999))) for _ in drawn)
    return Program(FormatName.DICOM, drawn, needs, slots, origins)

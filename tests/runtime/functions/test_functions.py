"""Functions: what they are given, where they are found, and that collections never change."""

from __future__ import annotations

import re
import sys
from importlib.metadata import EntryPoint, EntryPoints
from types import ModuleType, SimpleNamespace

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from deidc.ir.builtin_functions import BUILTINS
from deidc.ir.signatures import Signature
from deidc.runtime.functions import packages
from deidc.runtime.functions.invocation import FieldView, Invocation
from deidc.runtime.functions.packages import BrokenPackage
from deidc.runtime.functions.registry import Function, Functions
from tests.runtime.functions.calling import attributes_of, view_of


def view(keyword: str = "PatientID", vr: str = "LO", value: object = "SECRET") -> FieldView:
    return view_of(DataElement(keyword, vr, value), keyword, "(0010,0020)", "00100020")


def invocation(**arguments: object) -> Invocation:
    dataset = Dataset()
    dataset.PatientID = "SECRET"
    lists = {"names": ["x"], "both": []}
    variables = {"a": 1, "both": "variable"}
    return Invocation("f", False, view(), arguments, variables, lists, attributes_of(dataset), lambda: dataset)


def call(function: object, **arguments: object) -> object:
    found = Functions().with_function("f", function).find("f", builtin=False)
    assert found is not None
    return found.call(invocation(**arguments))


def test_deid_shape():
    """A function with deid's four parameters gets them as deid gives them."""

    def f(item, value, field, dicom):
        return dict(item), value, field.element.value, dicom.PatientID

    item = {"names": ["x"], "both": "variable", "a": 1}
    assert call(f) == (item, "func:f", "SECRET", "SECRET")


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        (lambda: "nothing", {}, "nothing"),
        (lambda field: field.name, {}, "PatientID"),
        (lambda *, dicom: dicom.PatientID, {}, "SECRET"),
        (lambda item, prefix="P": prefix + str(item["a"]), {}, "P1"),
        (lambda item, prefix="P": prefix + str(item["a"]), {"prefix": "Q"}, "Q1"),
        (lambda **everything: sorted(everything), {"x": "1"}, ["dicom", "field", "item", "value", "x"]),
        (lambda item, *rest: len(rest), {}, 0),
    ],
)
def test_only_what_is_accepted_is_given(function, arguments, expected):
    """A function gets those of deid's keywords that it accepts, and the recipe's arguments."""
    assert call(function, **arguments) == expected


def test_bound_methods_and_callable_objects():
    """Methods and objects with __call__ are functions too."""

    class Counter:
        def __call__(self, field):
            return field.vr

        def method(self, value):
            return value

    assert call(Counter()) == "LO"
    assert call(Counter().method) == "func:f"


@pytest.mark.parametrize("function", [lambda field, /: field, dict.fromkeys])
def test_parameters_that_cannot_be_named(function):
    """A function whose parameters have no names cannot be called by a recipe."""
    with pytest.raises(TypeError):
        Functions().with_function("f", function)


def test_signatures():
    """The checker learns the arguments of a function from its parameters."""

    def f(item, field, needed, wished="x"):
        return needed, wished

    def anything(**options):
        return options

    found = Functions.standard().with_function("f", f).with_function("g", anything).signatures(frozenset({"v"}))
    assert found.builtin is BUILTINS
    assert found.variables == {"v"}
    assert found.supplied is not None
    assert [(one.name, one.required) for one in found.supplied["f"].parameters] == [
        ("needed", True),
        ("wished", False),
    ]
    assert not found.supplied["f"].open
    assert found.supplied["g"].open
    assert set(found.supplied) == {"f", "g"}


def test_collections_never_change():
    """Adding makes another collection; nothing given later shows through."""
    given: dict[str, Function] = {}
    empty = Functions(supplied=given)
    more = empty.with_function("f", lambda: 1)
    given["g"] = Function(Signature("g"), lambda _: 1)
    assert [one.signature.name for one in empty] == []
    assert [one.signature.name for one in more] == ["f"]
    with pytest.raises(TypeError):
        more.supplied["h"] = given["g"]


def test_the_later_counts():
    """Of two supplied functions with one name the later is called."""
    found = Functions().with_function("f", lambda: 1).with_(Functions().with_function("f", lambda: 2))
    assert found.find("f", builtin=False).call(invocation()) == 2


def test_built_in_names_are_apart():
    """A supplied function never takes the place of a built-in one, nor the other way round."""
    found = Functions.standard().with_function("jitter", lambda: "mine")
    assert found.find("jitter", builtin=False).call(invocation()) == "mine"
    assert found.find("jitter", builtin=True).signature is BUILTINS["jitter"]
    assert found.find("basic_uuid", builtin=False) is not None
    assert Functions().with_function("f", lambda: 1).find("f", builtin=True) is None
    assert found.find("nothing", builtin=False) is None


def hashed(value):
    return "hashed"


@pytest.fixture
def module(monkeypatch):
    """A module of functions that can be imported."""
    made = ModuleType("site_functions")
    exec("def shorten(value): return 's'\ndef _own(value): return 'o'", made.__dict__)
    made.imported = hashed
    made.table = {"one": hashed, "two": Function(Signature("named"), lambda _: "n")}
    made.ready = Functions.standard().with_function("own", hashed)
    made.tools = SimpleNamespace(shorten=made.shorten, table=SimpleNamespace(of=made.table))
    made.number = 5
    made.kind = dict
    made.many = {"first": hashed, "second": 5}
    made.unnamed = lambda field, /: field
    made.unknown = max
    monkeypatch.setitem(sys.modules, "site_functions", made)
    return made


@pytest.mark.parametrize(
    ("reference", "names"),
    [
        ("site_functions", {"shorten"}),
        ("site_functions:shorten", {"shorten"}),
        ("site_functions:imported", {"imported"}),
        ("site_functions:table", {"one", "named"}),
        ("site_functions:ready", {"own"}),
        ("site_functions:tools.shorten", {"shorten"}),
        ("site_functions:tools.table.of", {"one", "named"}),
    ],
)
@pytest.mark.usefixtures("module")
def test_from_module(reference, names):
    """A module, a function, a mapping and a Functions are understood."""
    found = Functions.from_module(reference)
    assert {one.signature.name for one in found} == names
    assert not found.builtin


@pytest.mark.parametrize(
    ("reference", "error", "said"),
    [
        ("site_functions:number", TypeError, "'number' is not a function, a mapping of functions or a module"),
        ("site_functions:kind", TypeError, "'kind' is not a function, a mapping of functions or a module"),
        ("site_functions:many", TypeError, "'second' is not a function, a mapping of functions or a module"),
        ("site_functions:unnamed", TypeError, "'unnamed' has a parameter that cannot be passed by keyword"),
        ("site_functions:unknown", TypeError, "the parameters of 'unknown' are unknown"),
        ("site_functions:nothing", AttributeError, "'site_functions' has no attribute 'nothing'"),
        ("site_functions:tools.nothing", AttributeError, "no attribute 'nothing'"),
        ("no_such_module_here:f", ImportError, "No module named 'no_such_module_here'"),
    ],
)
@pytest.mark.usefixtures("module")
def test_from_module_of_what_is_no_function(reference, error, said):
    """What is no function is an error with the name in it, before the first file."""
    with pytest.raises(error, match=re.escape(said)):
        Functions.from_module(reference)


@pytest.mark.usefixtures("module")
def test_from_entry_points(monkeypatch):
    """Installed packages offer functions under the name of their entry point."""
    points = EntryPoints(
        [
            EntryPoint("short", "site_functions:shorten", "g"),
            EntryPoint("one", "site_functions:table", "g"),
            EntryPoint("broken", "no_such_module:call", "g"),
        ]
    )
    monkeypatch.setattr(packages, "entry_points", points.select)
    assert {one.signature.name for one in Functions.from_entry_points(["short", "one"], "g")} == {"short", "one"}
    assert not list(Functions.from_entry_points(["absent"], "g"))
    assert not list(Functions.from_entry_points(["short"]))
    with pytest.raises(BrokenPackage, match=r"no_such_module.*broken.*ModuleNotFoundError"):
        Functions.from_entry_points(["broken"], "g")


def test_nothing_is_shown():
    """The repr of what functions are given holds no data."""
    shown = repr(invocation(argument="SECRET")) + repr(view()) + repr(Functions().with_function("f", lambda: "SECRET"))
    assert "SECRET" not in shown


def test_the_view_of_an_element():
    """A view says what the element is, as deid's DicomField does."""
    seen = view()
    assert (seen.tag, seen.keyword, seen.vr, seen.value) == ("(0010,0020)", "PatientID", "LO", "SECRET")

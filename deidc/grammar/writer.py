"""Tree -> canonical text, which reads back as an equal tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from deidc.grammar import nodes
from deidc.grammar.spelling import POLICY_WORDS
from deidc.vocabulary import Join

_PLAIN_WORD = re.compile(r"[^\s#\"'][^\s]*\Z")
_IF = re.compile(r"if ((not)?(contains|equals)|values|var|func|deid_func|missing|present|empty):", re.IGNORECASE)
_WHEN = re.compile(
    r"\bwhen (\(.*\)|\S+)\S* ((not)?(contains|equals)|missing|present|empty|[<>=!]{1,2})( |\Z)", re.IGNORECASE
)
_LIKE_REFERENCE = re.compile(r"[A-Za-z][A-Za-z_-]*\s*:")
_JOIN = re.compile(r"(^| )(\+|\|\|)( |$)")


def write(recipe: nodes.Recipe) -> str:
    """Return the canonical text of a recipe.

    Words of the language in their own case, one blank between words, no indentation but two blanks below a LABEL,
    comments kept, runs of empty lines as one, one empty line before a section, a line end at the end.
    """
    lines: list[str] = []
    for item in recipe.items:
        match item:
            case nodes.Comment() | nodes.EmptyLine() | nodes.Format():
                lines.append(_trivia(item))
            case nodes.Include():
                lines.append(_include(item))
            case _:
                lines.extend(_section(item))
    return "".join(f"{line}\n" for line in _spaced(lines))


def _spaced(lines: list[str]) -> Iterator[str]:
    """Put one empty line before each section and LABEL, but not between a comment and what it is about."""
    tidy: list[str] = []
    for line in lines:
        if not line and (not tidy or not tidy[-1]):
            continue
        if _opens(line) and tidy and tidy[-1] and not tidy[-1].lstrip().startswith("#"):
            tidy.append("")
        tidy.append(line)
    while tidy and not tidy[-1]:
        tidy.pop()
    yield from tidy


def _opens(line: str) -> bool:
    return line.startswith(("%", "LABEL"))


def _remarked(text: str, remark: str | None) -> str:
    if remark is None:
        return text
    return f"{text}  # {remark}".rstrip() if remark else f"{text}  #"


def _trivia(line: nodes.Trivia) -> str:
    match line:
        case nodes.Comment(text):
            return f"# {text}" if text else "#"
        case nodes.EmptyLine():
            return ""
        case nodes.Format(name, remark):
            return _remarked(f"FORMAT {name}", remark)
        case _:
            assert_never(line)


def _include(include: nodes.Include) -> str:
    digest = f" sha256:{include.digest}" if include.digest else ""
    return _remarked(f'%include "{include.reference}"{digest}', include.remark)


def write_section_line(section: nodes.Section) -> str:
    """Return the line that begins a section, with its remark."""
    match section:
        case nodes.Header():
            return _remarked("%header" + write_guard(section.guard), section.remark)
        case nodes.Labels():
            return _remarked("%labels", section.remark)
        case nodes.Pixels():
            return _remarked("%pixels", section.remark)
        case nodes.Variables():
            return _remarked("%vars", section.remark)
        case nodes.Values(name):
            return _remarked(f"%values {name}".rstrip(), section.remark)
        case nodes.Fields(name):
            return _remarked(f"%fields {name}".rstrip(), section.remark)
        case nodes.Filter(name):
            return _remarked(f"%filter {name}".rstrip(), section.remark)
        case _:
            assert_never(section)


def _section(section: nodes.Section) -> Iterator[str]:
    yield write_section_line(section)
    for line in section.body:
        if isinstance(line, nodes.Label):
            yield from _label(line)
        elif isinstance(line, nodes.Comment | nodes.EmptyLine | nodes.Format):
            yield _trivia(line)
        else:
            yield write_statement(line)


def _label(label: nodes.Label) -> Iterator[str]:
    yield _remarked(f"LABEL {label.name}".rstrip(), label.remark)
    for line in label.body:
        match line:
            case nodes.CriteriaLine():
                yield "  " + _remarked(write_criteria(line), line.remark)
            case nodes.RegionLine():
                yield "  " + _remarked(write_region(line), line.remark)
            case _:
                text = _trivia(line)
                yield f"  {text}" if isinstance(line, nodes.Comment) else text


# ---- statements -----------------------------------------------------------------------------------------


def write_statement(line: nodes.Action | nodes.ListLine | nodes.PixelLine | nodes.Variable) -> str:
    """Return a statement with its remark."""
    return _remarked(_statement(line), line.remark)


def _statement(line: nodes.Action | nodes.ListLine | nodes.PixelLine | nodes.Variable) -> str:
    match line:
        case (
            nodes.Add()
            | nodes.Append()
            | nodes.Blank()
            | nodes.Descend()
            | nodes.Jitter()
            | nodes.Keep()
            | nodes.Replace()
            | nodes.Remove()
        ):
            return _action(line) + write_guard(line.guard)
        case nodes.Field(target):
            return f"FIELD {write_target(target)}"
        case nodes.Split(target, separator, minimum):
            return f"SPLIT {write_target(target)} by={_plainly_quoted(separator)};minlength={minimum}"
        case nodes.Policy(word, group):
            return f"{POLICY_WORDS[word]} {group}"
        case nodes.Final(group):
            return f"FINAL {group}"
        case nodes.Store(storage):
            return f"STORE {storage.value}"
        case nodes.Variable(name, kind, default):
            said = f" default={_argument_text(default)}" if default is not None else ""
            return f"VAR {name} {kind.value}{said}"
        case _:
            assert_never(line)


def _action(line: nodes.Action) -> str:
    value, when = nodes.value_of(line), nodes.conditions_of(line)
    text = f"{line.action.word.value} {write_target(line.target)}"
    if value is None:
        return text + write_conditions(when)
    return f"{text} {write_value(value)}" + (" if" + write_conditions(when) if when else "")


# ---- targets --------------------------------------------------------------------------------------------


def write_target(target: nodes.Target) -> str:  # noqa: C901  # one case for each kind of target of a closed set
    """Return the canonical spelling of a target."""
    match target:
        case nodes.Keyword(text):
            return text if re.fullmatch(r"[A-Za-z][A-Za-z0-9'_-]*", text) and not _is_tag(text) else f'"{text}"'
        case nodes.Tag(digits):
            return f"({digits[:4]},{digits[4:]})".replace("X", "x")
        case nodes.Private(group, creator, element):
            quote = "'" if '"' in creator else '"'
            return f"({group.replace('X', 'x')},{quote}{creator}{quote},{element.replace('X', 'x')})"
        case nodes.Path(steps):
            return "__".join(_step(step) for step in steps)
        case nodes.Everything():
            return "all"
        case nodes.Expander(kind, pattern):
            return f"{kind.value}:{_pattern(pattern)}"
        case nodes.SelectVR(vrs):
            return "select:VR:" + "|".join(vrs)
        case nodes.SelectGroup(group):
            return "select:group:" + group.replace("X", "x")
        case nodes.SelectKind(kind):
            return f"select:{kind.value}"
        case nodes.SelectRole(roles):
            return "select:role:" + "|".join(role.value for role in roles)
        case nodes.Excepting(swept, exceptions):
            return f"{write_target(swept)} except:{','.join(map(write_exempt, exceptions))}"
        case nodes.ListRef(kind, name):
            return f"{kind.value}:{name}"
        case _:
            assert_never(target)


def write_exempt(target: nodes.Exempt) -> str:
    """Return the spelling of an exception, in which a comma must stand within quotation marks or parentheses."""
    if isinstance(target, nodes.Expander) and "," in target.pattern and '"' not in target.pattern:
        return f'{target.kind.value}:"{target.pattern}"'
    return write_target(target)


def _is_tag(text: str) -> bool:
    return re.fullmatch(r"(0x)?[0-9a-fx]{8}", text, re.IGNORECASE) is not None or text.lower() in (
        "all",
        "allfields",
    )


def _step(step: nodes.Step) -> str:
    match step.at:
        case nodes.Keyword(text):
            name = text
        case _:
            name = write_target(step.at)
    return name if step.index is None else f"{name}__{step.index}"


def _pattern(pattern: str) -> str:
    quoted_parts = re.fullmatch(r'(?:"[^"]*"|[^\s"])+', pattern)
    if quoted_parts and not pattern.startswith('"'):
        return pattern
    return f'"{pattern}"'


# ---- values and conditions ------------------------------------------------------------------------------


def write_value(value: nodes.Value) -> str:
    """Return a value as it is written in a recipe."""
    match value:
        case nodes.Literal(text):
            return write_text(text)
        case nodes.VarRef(name):
            return f"var:{name}"
        case nodes.FromAttribute(at):
            return f"from:{write_target(at)}"
        case nodes.Composed(parts):
            return _quoted("".join(map(_part, parts)))
        case nodes.Codes(codes):
            return " ".join(map(_code, codes))
        case nodes.FuncRef(name, arguments):
            return " ".join((f"func:{name}", *map(_argument, arguments)))
        case nodes.BuiltinRef(name, arguments):
            return " ".join((f"deid_func:{name}", *map(_argument, arguments)))
        case _:
            assert_never(value)


def write_text(text: str) -> str:
    """Return the literal text of a value, where braces in quotation marks are doubled."""
    return text if _is_plain(text) else _quoted(_doubled(text))


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _part(part: nodes.Literal | nodes.VarRef | nodes.FromAttribute) -> str:
    match part:
        case nodes.Literal(text):
            return _doubled(text)
        case nodes.VarRef(name):
            return f"{{var:{name}}}"
        case nodes.FromAttribute(at):
            return f"{{{write_target(at)}}}"
        case _:
            assert_never(part)


def _code(code: nodes.Code) -> str:
    version = f"[{code.version}]" if code.version is not None else ""
    return f"code:{code.value},{code.scheme}{version},{_quoted(code.meaning)}"


def write_literal(text: str) -> str:
    """Return literal text, quoted only if it would otherwise be read back differently."""
    return text if _is_plain(text) else _quoted(text)


def _is_plain(text: str) -> bool:
    """Whether text is read back unchanged without quotation marks."""
    words = text.split(" ")
    return (
        all(word and _PLAIN_WORD.match(word) for word in words)
        and '"' not in text
        and not _LIKE_REFERENCE.match(text)
        and not _IF.search(text)
        and not _WHEN.search(text)
        and not _JOIN.search(text)
    )


def _quoted(text: str) -> str:
    if '"' in text and "'" not in text and not text.endswith("\\"):
        return f"'{text}'"
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'


def _argument(argument: nodes.Argument) -> str:
    match argument.value:
        case nodes.VarRef(name):
            return f"{argument.key}=var:{name}"
        case nodes.Literal(text):
            return f"{argument.key}={_argument_text(text)}"
        case _:
            assert_never(argument.value)


def _argument_text(text: str) -> str:
    if text and not re.search(r"[\s\"']", text) and not re.fullmatch(r"var:[A-Za-z_][A-Za-z0-9_.-]*", text):
        return text
    return _plainly_quoted(text)


def _plainly_quoted(text: str) -> str:
    """Quote text where a quotation mark cannot be escaped."""
    return f"'{text}'" if '"' in text else f'"{text}"'


def write_conditions(when: Iterable[nodes.Condition]) -> str:
    """Return conditions, each after a blank."""
    return "".join(f" {write_condition(one)}" for one in when)


def write_condition(condition: nodes.Condition) -> str:
    """Return one condition."""
    match condition:
        case nodes.TextCondition(operator, text):
            plain = _PLAIN_WORD.match(text) and "'" not in text and '"' not in text
            return f"{operator.value}:{text if plain else _quoted(text)}"
        case nodes.StateCondition(operator):
            return f"{operator.value}:"
        case nodes.ListCondition(name):
            return f"values:{name}"
        case nodes.TruthCondition(value):
            return write_value(value)
        case _:
            assert_never(condition)


# ---- guards ---------------------------------------------------------------------------------------------

_CONJUNCTIONS = {Join.AND: " and ", Join.OR: " or "}


def write_guard(guard: nodes.Guard | None) -> str:
    """Return a guard with a blank before it; nothing if there is none."""
    if guard is None:
        return ""
    return " when " + _CONJUNCTIONS[guard.join].join(_given(one) for one in guard.tests)


def _given(test: nodes.Given) -> str:
    text = f"{write_target(test.target)} {test.operator.value}"
    if test.value is None:
        return text
    plain = _PLAIN_WORD.match(test.value) and "'" not in test.value and '"' not in test.value
    return f"{text} {test.value if plain else _quoted(test.value)}"


# ---- filters --------------------------------------------------------------------------------------------


def write_criteria(line: nodes.CriteriaLine) -> str:
    """Return the criteria of one line."""
    return " ".join(_criterion(one) for one in line.criteria)


def _criterion(criterion: nodes.Criterion) -> str:
    join = f"{criterion.join.value} " if criterion.join is not None else ""
    value = "" if criterion.value is None else f" {write_literal(criterion.value)}"
    return f"{join}{criterion.operator.value} {write_target(criterion.target)}{value}"


def write_region(line: nodes.RegionLine) -> str:
    """Return a region with its word."""
    word = ("ctp" if line.ctp else "") + ("keep" if line.keep else "") + "coordinates"
    match line.region:
        case nodes.Box(numbers):
            return f"{word} {','.join(str(number) for number in numbers)}"
        case nodes.WholeImage():
            return f"{word} all"
        case nodes.FromSequence(target):
            return f"{word} from:{write_target(target)}"
        case nodes.FoundText(detector):
            return f"{word} ocr" if detector is None else f"{word} ocr:{detector}"
        case _:
            assert_never(line.region)

"""Parse trees of single lines -> nodes. One method a rule of recipe.lark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias, assert_never, cast

from attrs import define, field
from lark import Token, Tree

from deidc.codes import words
from deidc.diagnostics import Diagnostic, Edit, Fix, Rule
from deidc.grammar import nodes, spelling
from deidc.grammar.composing import LIKE_A_NAME, Part, pieces
from deidc.grammar.exceptions import exemption_kind, exemptions
from deidc.grammar.lines import Written
from deidc.patterns import BadPattern, compiled
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

Branch: TypeAlias = Tree[Token]

# Words that look so much like `var`, `func` or `deid_func` that they are not meant as text.
_LIKE_REFERENCES = {
    **dict.fromkeys(("var", "vr", "vars", "vra", "avr", "va", "variable"), "var"),
    **dict.fromkeys(("func", "fun", "fnc", "fucn", "fnuc", "funct", "funcs", "function", "cfunc"), "func"),
    **dict.fromkeys(("from", "frm"), "from"),
    **dict.fromkeys(("code", "codes"), "code"),
    **dict.fromkeys(("deid_func", "deidfunc", "deid-func", "deid_fun", "deid_function", "deid_fnc"), "deid_func"),
}
# What is wrong with a text that begins like a reference and is none.
_NO_CALL = "are not a name and arguments"
_MALFORMED: Mapping[str, tuple[Rule, str, str]] = MappingProxyType(
    {
        "var": (words.BAD_REFERENCE, "the words after var: are not a name", "var: takes one name"),
        "from": (words.BAD_REFERENCE, "the words after from: are not an attribute", "from: takes one attribute"),
        "code": (words.BAD_CODE, "the words after code: are not a code", 'write code:VALUE,SCHEME,"meaning"'),
        **{
            word: (words.BAD_ARGUMENT, f"the words after {word}: {_NO_CALL}", f"{word}: takes one name, then key=value")
            for word in ("func", "deid_func")
        },
    }
)
_CONJUNCTIONS = {"and": Join.AND, "or": Join.OR}
_PREFIX = re.compile(r"([A-Za-z][A-Za-z_-]*)\s*:")
_ANY_REFERENCE = re.compile(r"(?:var|func|deid_func|from|code):\S", re.IGNORECASE)


@define(eq=False)
class Line:
    """Builds the nodes of one line; complaints about its words gather in `said`."""

    written: Written
    said: list[Diagnostic] = field(factory=list)

    # ---- places and complaints ------------------------------------------------------------------------

    def span(self, first: Token, last: Token | None = None) -> Span:
        """Return the place of some tokens in the source."""
        last = last or first
        assert first.start_pos is not None
        assert last.end_pos is not None
        return self.written.span(first.start_pos, last.end_pos)

    def part(self, token: Token, start: int, end: int) -> Span:
        """Return the place of some characters of a token in the source."""
        assert token.start_pos is not None
        return self.written.span(token.start_pos + start, token.start_pos + end)

    def whole(self, tree: Branch) -> Span:
        """Return the place of all tokens of a tree."""
        tokens = list(tree.scan_values(lambda one: isinstance(one, Token)))
        return self.span(tokens[0], tokens[-1])

    def say(self, rule: Rule, message: str, span: Span, hint: str | None = None, fix: Fix | None = None) -> None:
        """Complain about a place."""
        self.said.append(Diagnostic(rule, message, span, hint, fix))

    # ---- actions --------------------------------------------------------------------------------------

    def action(self, tree: Branch) -> nodes.Action:
        """Build a line of %header or %labels."""
        action, remark = tree.children
        assert isinstance(action, Tree)
        said = _remark(remark)
        word, target_tree = cast("Token", action.children[0]), cast("Branch", action.children[1])
        self._word_case(word)
        target = self.target(target_tree)
        span = self.whole(action)
        *rest, last = action.children[2:]
        guard = self.guard(last) if isinstance(last, Tree) else None
        match str(action.data):
            case "add":
                return nodes.Add(target, self.value(rest[0]), self.conditions(rest[1]), said, guard, span=span)
            case "append":
                return nodes.Append(target, self.value(rest[0]), self.conditions(rest[1]), said, guard, span=span)
            case "jitter":
                return nodes.Jitter(target, self.value(rest[0]), said, guard, span=span)
            case "replace":
                return nodes.Replace(target, self.value(rest[0]), self.conditions(rest[1]), said, guard, span=span)
            case "blank":
                return nodes.Blank(target, self.conditions(rest[0]), said, guard, span=span)
            case "remove":
                return nodes.Remove(target, self.conditions(rest[0]), said, guard, span=span)
            case "keep":
                return nodes.Keep(target, self.conditions(rest[0]), said, guard, span=span)
            case "descend":
                return nodes.Descend(target, said, guard, span=span)
            case other:
                raise AssertionError(other)

    def _word_case(self, word: Token) -> None:
        if not word.isupper():
            span = self.span(word)
            fix = Fix.safe("write it in capitals", Edit(span, word.upper()))
            self.say(words.ACTION_CASE, f"{word!s} is not in capitals", span, f"write {word.upper()}", fix)

    # ---- targets --------------------------------------------------------------------------------------

    def target(self, tree: Branch) -> nodes.Target:
        """Build a target."""
        token = cast("Token", tree.children[0])
        if len(tree.children) > 1:
            return self._excepting(token, cast("Token", tree.children[1]))
        return self._plain_target(token, self.span(token))

    def _plain_target(  # noqa: C901  # one case for each kind of target of a closed set
        self, token: Token, span: Span
    ) -> nodes.Target:
        text = str(token)
        match token.type:
            case "KEYWORD":
                return nodes.Keyword(text, span=span)
            case "ELEMENT_NAME":
                return nodes.Keyword(spelling.unquoted(text), span=span)
            case "TAG":
                return nodes.Tag(spelling.tag_digits(text), span=span)
            case "PRIVATE":
                return nodes.Private(*spelling.private_parts(text), span=span)
            case "PATH":
                return self._path(token)
            case "EVERYTHING":
                return nodes.Everything(span=span)
            case "EXPANDER":
                return self._expander(text, span)
            case "SELECT_VR":
                return self._select_vr(text, span)
            case "SELECT_GROUP":
                return self._select_group(text, span)
            case "SELECT_KIND":
                return nodes.SelectKind(ElementKind(text[7:].lower()), span=span)
            case "SELECT_ROLE":
                words_ = re.split(r"[|,]", text[len("select:role:") :].lower())
                return nodes.SelectRole(tuple(Role(word) for word in dict.fromkeys(words_)), span=span)
            case _:
                kind, _, name = text.partition(":")
                return nodes.ListRef(ListKind(kind.lower()), name, span=span)

    def _excepting(self, swept: Token, said: Token) -> nodes.Target:
        target = self._plain_target(swept, self.span(swept))
        if _names_one(target):
            hint = "write except: behind a target for many attributes, like select:VR:DA or contains:Date"
            self.say(words.BAD_EXCEPTION, "the target before except: names one attribute", self.span(swept), hint)
            return target
        begin = len("except:")
        exceptions = tuple(
            one
            for text, start in exemptions(str(said)[begin:])
            if (one := self._exempt(text, self.part(said, begin + start, begin + start + len(text)))) is not None
        )
        return nodes.Excepting(cast("nodes.Sweep", target), exceptions, span=self.span(swept, said))

    def _exempt(self, text: str, span: Span) -> nodes.Exempt | None:
        """Build one exception: an attribute, or a sweep that neither lists nor item numbers decide."""
        token_type = exemption_kind(text)
        if token_type is None:
            hint = "write keywords, tags, startswith:, contains:, endswith: or select:, separated by commas alone"
            self.say(words.BAD_EXCEPTION, f"{text[:40] or 'nothing'} is not an exception", span, hint)
            return None
        return cast("nodes.Exempt", self._plain_target(Token(token_type, text), span))

    def _path(self, token: Token) -> nodes.Target:
        text, span = str(token), self.span(token)
        parts = spelling.path_parts(text)
        if parts is None:
            self.say(
                words.BAD_TAG,
                f"{text} is not a path",
                span,
                "write Sequence__Attribute or Sequence__0__Attribute",
            )
            return nodes.Keyword(text, span=span)
        return nodes.Path(tuple(self._step(*part, token) for part in parts), span=span)

    def _step(self, text: str, start: int, end: int, index: int | None, path: Token, before: int = 0) -> nodes.Step:
        span = self.part(path, before + start, before + end)
        at: nodes.Keyword | nodes.Tag | nodes.Private
        if spelling.is_private(text):
            at = nodes.Private(*spelling.private_parts(text), span=span)
        elif spelling.is_tag(text):
            at = nodes.Tag(spelling.tag_digits(text), span=span)
        else:
            at = nodes.Keyword(text, span=span)
        return nodes.Step(at, index, span=span)

    def _expander(self, text: str, span: Span) -> nodes.Expander:
        word, _, pattern = text.partition(":")
        kind = ExpanderKind("except" if word.lower() == "allexcept" else word.lower())
        if pattern.startswith('"'):
            pattern = spelling.unquoted(pattern)
        self.check_pattern(pattern, span)
        return nodes.Expander(kind, pattern, span=span)

    def check_pattern(self, pattern: str, span: Span) -> None:
        """Complain if a regular expression does not compile."""
        try:
            compiled(pattern)
        except BadPattern as failure:
            self.say(words.BAD_PATTERN, f"the pattern does not compile: {failure.reason}", span)

    def _select_vr(self, text: str, span: Span) -> nodes.SelectVR:
        vrs = tuple(dict.fromkeys(re.split(r"[|,]", text[len("select:vr:") :].upper())))
        unknown = [vr for vr in vrs if not _VR.fullmatch(vr)]
        if unknown:
            self.say(words.BAD_VR, f"{unknown[0]} is not a value representation", span)
        return nodes.SelectVR(vrs, span=span)

    def _select_group(self, text: str, span: Span) -> nodes.SelectGroup:
        digits = re.sub(r"^0[xX](?=[0-9a-fA-F]+$)", "", text[len("select:group:") :]).upper().rjust(4, "0")
        return nodes.SelectGroup(digits, span=span)

    # ---- values and conditions ------------------------------------------------------------------------

    def value(self, tree: object) -> nodes.Value:
        """Build a value."""
        child = cast("Branch", tree).children[0]
        if isinstance(child, Token):
            if child.type == "FROM_ATTRIBUTE":
                self._complain_of_no_attribute(child)
                return nodes.FromAttribute(self._attribute(child, len("from:")), span=self.span(child))
            return nodes.VarRef(str(child)[4:], span=self.span(child))
        match str(child.data):
            case "text":
                return self._composed(self.literal(child), cast("list[Token]", child.children))
            case "codes":
                codes = tuple(self._code(one) for one in cast("list[Token]", child.children))
                return nodes.Codes(codes, span=self.whole(child))
            case _:
                return self.call(child)

    def _complain_of_no_attribute(self, token: Token) -> None:
        text = str(token)[len("from:") :]
        is_name = re.fullmatch(r"""[A-Za-z][A-Za-z0-9'_-]*|"[^"]+"|'[^'"]+'""", text) is not None
        if not is_name and not spelling.names_attribute(text):
            hint = "write a keyword, a tag, a private element by its creator, or a path"
            self.say(words.BAD_REFERENCE, "the words after from: are not an attribute", self.span(token), hint)

    def _code(self, token: Token) -> nodes.Code:
        value, scheme, meaning = str(token)[len("code:") :].split(",", 2)
        scheme, _, version = scheme.partition("[")
        return nodes.Code(
            value, scheme, version.removesuffix("]") or None, spelling.unquoted(meaning), span=self.span(token)
        )

    def _attribute(self, token: Token, before: int) -> nodes.Keyword | nodes.Tag | nodes.Private | nodes.Path:
        """Build the attribute that a token names behind its first characters."""
        return self._attribute_in(str(token)[before:], token, before, len(token))

    def _attribute_in(
        self, text: str, token: Token, start: int, end: int
    ) -> nodes.Keyword | nodes.Tag | nodes.Private | nodes.Path:
        """Build the attribute that characters of a token name."""
        span = self.part(token, start, end)
        if spelling.is_whole_private(text):
            return nodes.Private(*spelling.private_parts(text), span=span)
        parts = spelling.path_parts(text)
        if parts is not None:
            return nodes.Path(tuple(self._step(*part, token, start) for part in parts), span=span)
        if spelling.is_tag(text):
            return nodes.Tag(spelling.tag_digits(text), span=span)
        return nodes.Keyword(spelling.unquoted(text), span=span)

    # ---- composed text --------------------------------------------------------------------------------

    def _composed(self, literal: nodes.Literal, tokens: list[Token]) -> nodes.Value:
        """Build text that is composed where names stand in braces of quoted text."""
        token = tokens[0]
        if len(tokens) > 1 or token.type != "QUOTED":
            if literal.text.startswith("code:"):
                return nodes.Codes((), span=literal.span)  # which was complained of
            self._complain_of_unquoted_names(literal)
            return literal
        if "{" not in literal.text and "}" not in literal.text:
            return literal
        places = spelling.places_within(str(token))
        parts: list[nodes.Literal | nodes.VarRef | nodes.FromAttribute] = []
        for piece in pieces(literal.text):
            start, end = places[piece.start], places[piece.end - 1] + 1
            span = self.part(token, start, end)
            match piece.part:
                case Part.TEXT:
                    parts.append(nodes.Literal(piece.text, span=span))
                case Part.STRAY:
                    hint = f"write {piece.text * 2} for the brace itself"
                    self.say(words.STRAY_BRACE, f"there is no name around the {piece.text}", span, hint)
                case Part.NAME:
                    parts.extend(self._name(piece.text, token, start + 1, end - 1))
                case _:
                    assert_never(piece.part)
        if all(isinstance(part, nodes.Literal) for part in parts):
            return nodes.Literal(
                "".join(part.text for part in parts if isinstance(part, nodes.Literal)), span=literal.span
            )
        return nodes.Composed(tuple(parts), span=literal.span)

    def _name(self, name: str, token: Token, start: int, end: int) -> Iterator[nodes.VarRef | nodes.FromAttribute]:
        """Build what a name in braces stands for: `var:NAME`, or an attribute by keyword, tag or path."""
        span = self.part(token, start - 1, end + 1)
        if re.fullmatch(r"var:[A-Za-z_][A-Za-z0-9_.-]*", name):
            yield nodes.VarRef(name[4:], span=span)
        elif spelling.names_attribute(name):
            yield nodes.FromAttribute(self._attribute_in(name, token, start, end), span=span)
        else:
            hint = "write an attribute or var:NAME between the braces, or {{ and }} for braces themselves"
            self.say(words.BAD_NAME_IN_BRACES, f"{{{name[:64]}}} is not a name", span, hint)

    def _complain_of_unquoted_names(self, literal: nodes.Literal) -> None:
        found = LIKE_A_NAME.search(literal.text)
        if found is not None and '"' not in literal.text:
            fix = Fix.unsafe("quote the text", Edit(literal.span, f'"{literal.text}"'))
            hint = "quote the text to write the value of the attribute or variable"
            self.say(words.UNQUOTED_NAME, f"{found[0][:64]} is written as text", literal.span, hint, fix)

    def call(self, tree: Branch) -> nodes.Call:
        """Build a call with its arguments."""
        name, *rest = cast("list[Token]", tree.children)
        arguments = tuple(self._argument(token) for token in rest)
        if name.type == "FUNC":
            self._complain_of_doubles(arguments)  # of functions built in, names are told by their signature
            return nodes.FuncRef(str(name).partition(":")[2], arguments, span=self.whole(tree))
        return nodes.BuiltinRef(str(name).partition(":")[2], arguments, span=self.whole(tree))

    def _complain_of_doubles(self, arguments: tuple[nodes.Argument, ...]) -> None:
        told: set[str] = set()
        for one in arguments:
            if one.key in told:
                self.say(words.BAD_ARGUMENT, f"the argument {one.key[:64]} is given twice", one.span, "give it once")
            told.add(one.key)

    def _argument(self, token: Token) -> nodes.Argument:
        key, _, text = str(token).partition("=")
        span = self.span(token)
        at = self.part(token, len(key) + 1, len(token)) if text else span
        value: nodes.Literal | nodes.VarRef
        if re.fullmatch(r"var:[A-Za-z_][A-Za-z0-9_.-]*", text):
            value = nodes.VarRef(text[4:], span=at)
        else:
            value = nodes.Literal(spelling.unquoted(text), span=at)
        return nodes.Argument(key, value, span=span)

    def literal(self, tree: Branch) -> nodes.Literal:
        """Build literal text: one quoted string, or words joined by single blanks."""
        tokens = cast("list[Token]", tree.children)
        span = self.span(tokens[0], tokens[-1])
        if len(tokens) == 1 and tokens[0].type == "QUOTED":
            text = spelling.unquoted(str(tokens[0]))
            if _ANY_REFERENCE.match(text):
                fix = Fix.unsafe("remove the quotation marks", Edit(span, text))
                self.say(words.QUOTED_REFERENCE, "the reference is quoted, so it is written as text", span, None, fix)
            return nodes.Literal(text, span=span)
        text = " ".join(tokens)
        assert tokens[0].start_pos is not None
        self._complain_of_literal(text, span, tokens[0].start_pos)
        return nodes.Literal(text, span=span)

    def _complain_of_literal(self, text: str, span: Span, start: int) -> None:
        prefix = _PREFIX.match(text)
        meant = _LIKE_REFERENCES.get(prefix[1].lower()) if prefix is not None else None
        if text.startswith("func:deid_func:"):
            at = self.written.span(start, start + len("func:"))
            fix = Fix.safe("remove func:", Edit(at, ""))
            self.say(words.LIKE_A_REFERENCE, "deid_func: must not follow func:", at, "write deid_func:", fix)
        elif prefix is not None and meant is not None:
            if prefix[1] == meant:
                self.say(*_MALFORMED[meant][:2], span, _MALFORMED[meant][2])
                return
            rest = text[prefix.end() :].strip()
            fix = Fix.unsafe(f"write {meant}:", Edit(span, f"{meant}:{rest}"))
            self.say(
                words.LIKE_A_REFERENCE,
                f"the text begins with {prefix[0]}",
                span,
                f"did you mean {meant}:?",
                fix,
            )
        elif text[0] in "\"'" and (text[0] == '"' or text.count("'") == 1) and text.count(text[0]) % 2:
            self.say(words.OPEN_QUOTE, "the quotation mark is not closed", span)
        elif '"' in text:
            self.say(words.QUOTES_INSIDE, "the quotation marks are written to the file", span)

    def conditions(self, tree: object) -> nodes.Conditions:
        """Build conditions behind a target or a value."""
        if tree is None:
            return ()
        return tuple(self.condition(one) for one in cast("Branch", tree).children if isinstance(one, Tree))

    def condition(self, tree: Branch) -> nodes.Condition:
        """Build one condition."""
        child = tree.children[0]
        if isinstance(child, Tree):
            return nodes.TruthCondition(self.call(child), span=self.whole(child))
        span = self.span(child)
        word, _, text = str(child).partition(":")
        match child.type:
            case "VAR":
                return nodes.TruthCondition(nodes.VarRef(text, span=span), span=span)
            case "STATE_CONDITION":
                return nodes.StateCondition(State(word.lower()), span=span)
            case "LIST_CONDITION":
                return nodes.ListCondition(text, span=span)
            case _:
                operator = Comparison(word.lower())
                text = spelling.unquoted(text)
                if operator in (Comparison.CONTAINS, Comparison.NOTCONTAINS):
                    self.check_pattern(text, span)
                return nodes.TextCondition(operator, text, span=span)

    # ---- guards ---------------------------------------------------------------------------------------

    def guard(self, tree: Branch) -> nodes.Guard:
        """Build the tests behind `when`; of `and` and `or` a guard has one."""
        tests = tuple(self._given(one) for one in tree.children if isinstance(one, Tree))
        words_between = [one for one in tree.children[1:] if isinstance(one, Token)]
        joins = [_CONJUNCTIONS[one.lower()] for one in words_between]
        other = next((one for one, join in zip(words_between, joins, strict=True) if join is not joins[0]), None)
        if other is not None:
            hint = "write two rules, or put one of the conditions behind %header"
            self.say(words.MIXED_GUARD, "the guard mixes `and` with `or`", self.span(other), hint)
        return nodes.Guard(joins[0] if joins else Join.AND, tests, span=self.whole(tree))

    def _given(self, tree: Branch) -> nodes.Given:
        place, operator, *value = tree.children
        target = self.target(cast("Branch", place))
        assert isinstance(target, nodes.Keyword | nodes.Tag | nodes.Private | nodes.Path), "the grammar has no others"
        word, span = str(operator).lower(), self.whole(tree)
        if tree.data == "given_state":
            return nodes.Given(target, State(word), None, span=span)
        token = cast("Token", cast("Branch", value[0]).children[0])
        text = spelling.unquoted(str(token))
        if tree.data == "given_related":
            return nodes.Given(target, Relation(word.replace("==", "=")), text, span=span)
        how = Comparison(word)
        if how in (Comparison.CONTAINS, Comparison.NOTCONTAINS):
            self.check_pattern(text, self.span(token))
        return nodes.Given(target, how, text, span=span)

    # ---- lists and variables --------------------------------------------------------------------------

    def list_line(self, tree: Branch) -> nodes.ListLine:
        """Build a line of %values or %fields."""
        entry, remark = tree.children
        assert isinstance(entry, Tree)
        word, target_tree, *parameters = entry.children
        self._word_case(cast("Token", word))
        target = self.target(cast("Branch", target_tree))
        span = self.whole(entry)
        if entry.data == "field":
            return nodes.Field(target, _remark(remark), span=span)
        separator, minimum = " ", 1
        for token in cast("list[Token]", parameters):
            key, _, text = str(token).rstrip().removesuffix(";").partition("=")
            text = spelling.unquoted(text.strip())
            match key.strip().lower():
                case "by" | "splitval" if text:
                    separator = text
                case "minlength" if re.fullmatch(r"[0-9]{1,9}", text):
                    minimum = int(text)
                case _:
                    hint = 'write by="^";minlength=4'
                    self.say(words.BAD_SPLIT, f"{str(token)[:40]} is not a parameter of SPLIT", self.span(token), hint)
        return nodes.Split(target, separator, minimum, _remark(remark), span=span)

    def variable(self, tree: Branch) -> nodes.Variable:
        """Build a declaration of %vars."""
        word, name, kind, default, remark = cast("list[Token | None]", tree.children)
        assert word is not None
        assert name is not None
        self._word_case(word)
        return nodes.Variable(
            str(name),
            VariableKind(kind.lower()) if kind is not None else VariableKind.TEXT,
            spelling.unquoted(str(default).partition("=")[2]) if default is not None else None,
            _remark(remark),
            span=self.span(word, default or kind or name),
        )

    # ---- pixels ---------------------------------------------------------------------------------------

    def pixel_line(self, tree: Branch) -> nodes.PixelLine:
        """Build a line of %pixels."""
        entry, remark = tree.children
        assert isinstance(entry, Tree)
        word, span, said = cast("Token", entry.children[0]), self.whole(entry), _remark(remark)
        self._word_case(word)
        match str(entry.data):
            case "policy":
                return nodes.Policy(Policy(word.lower()), section_name(entry), said, span=span)
            case "final":
                return nodes.Final(section_name(entry), said, span=span)
            case _:
                return nodes.Store(Storage(str(entry.children[1]).lower()), said, span=span)

    # ---- filters --------------------------------------------------------------------------------------

    def filter_line(self, tree: Branch) -> nodes.CriteriaLine | nodes.RegionLine | nodes.Label:
        """Build a line of a %filter section; a LABEL comes without its body."""
        entry, remark = tree.children
        assert isinstance(entry, Tree)
        span = self.whole(entry)
        match str(entry.data):
            case "label":
                self._word_case(cast("Token", entry.children[0]))
                return nodes.Label(section_name(entry), (), _remark(remark), span=span)
            case "criteria":
                return nodes.CriteriaLine(self._criteria(entry), _remark(remark), span=span)
            case _:
                word, region = entry.children
                name = str(word).lower()
                return nodes.RegionLine(
                    "keep" in name,
                    name.startswith("ctp"),
                    self._region(cast("Branch", region), ctp=name.startswith("ctp"), keep="keep" in name),
                    _remark(remark),
                    span=span,
                )

    def _criteria(self, tree: Branch) -> tuple[nodes.Criterion, ...]:
        criteria: list[nodes.Criterion] = []
        join: Join | None = None
        for child in tree.children:
            if isinstance(child, Tree):
                criteria.append(self._criterion(child, join))
            elif child is not None:
                join = Join(str(child))
        return tuple(criteria)

    def _criterion(self, tree: Branch, join: Join | None) -> nodes.Criterion:
        word, target_tree, *text = tree.children
        target = self.target(cast("Branch", target_tree))
        span = self.whole(tree)
        if tree.data == "asked":
            return nodes.Criterion(join, State(str(word).lower()), target, None, span=span)
        operator = Comparison(str(word).lower())
        value = self.literal(cast("Branch", text[0]))
        if operator in (Comparison.CONTAINS, Comparison.NOTCONTAINS):
            self.check_pattern(value.text, value.span)
        if re.search(r"(?:^|\s)(?:\+|\|\|)(?:\s|$)", value.text):
            self.say(
                words.BARE_OPERATOR,
                "the operator is part of the value, because no criterion follows it",
                value.span,
                "write contains, equals, missing or another criterion after the operator",
            )
        return nodes.Criterion(join, operator, target, value.text, span=span)

    def _region(self, tree: Branch, *, ctp: bool, keep: bool) -> nodes.Region:
        token = cast("Token", tree.children[0])
        span = self.span(token)
        match token.type:
            case "WHOLE_IMAGE":
                return nodes.WholeImage(span=span)
            case "FROM":
                return nodes.FromSequence(self._from_target(token), span=span)
            case "OCR":
                if keep:
                    hint = "write coordinates ocr"
                    self.say(words.KEPT_TEXT, "text that a detector finds cannot be kept", span, hint)
                return nodes.FoundText(str(token).partition(":")[2].lower() or None, span=span)
            case _:
                a, b, c, d = (int(number) for number in str(token).split(","))
                if (c <= 0 or d <= 0) if ctp else (c <= a or d <= b):
                    self.say(
                        words.EMPTY_REGION,
                        "the rectangle has no area",
                        span,
                        *_mend_region(a, b, c, d, ctp, span),
                    )
                return nodes.Box((a, b, c, d), span=span)

    def _from_target(self, token: Token) -> nodes.Target:
        before = len("from:")
        found = self._attribute(token, before)
        if isinstance(found, nodes.Keyword) and not spelling.is_name(found.text):
            self.say(words.BAD_REGION, "from: is not followed by an attribute", found.span, "write from:Sequence")
        return found


def _names_one(target: nodes.Target) -> bool:
    match target:
        case nodes.Tag(digits):
            return "X" not in digits
        case nodes.Private(group, _, element):
            return "X" not in group + element
        case _:
            return False


_VR = re.compile("AE|AS|AT|CS|D[AST]|F[DL]|IS|L[OT]|O[BDFLVW]|PN|S[HLQSTV]|TM|U[CILNRSTV]")


def _mend_region(a: int, b: int, c: int, d: int, ctp: bool, span: Span) -> tuple[str, Fix | None]:
    if ctp:
        return "width and height must be greater than 0", None
    if c == a or d == b:
        return "write x0,y0,x1,y1 with x0 < x1 and y0 < y1", None
    text = f"{min(a, c)},{min(b, d)},{max(a, c)},{max(b, d)}"
    return f"did you mean {text}, or ctpcoordinates?", Fix.unsafe("put the corners in order", Edit(span, text))


def _remark(token: object) -> str | None:
    return str(token)[1:].strip() if token is not None else None


def section_name(tree: Branch) -> str:
    """Return the words behind a section or LABEL, joined by single blanks."""
    text = next((one for one in tree.children if isinstance(one, Tree) and one.data == "text"), None)
    return " ".join(str(token) for token in text.children) if text is not None else ""

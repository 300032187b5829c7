"""DC2xx: a name that nothing stands behind, or not what the author thinks."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"


def _rule(code: str, name: str, title: str, why: str, bad: str, good: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(code, name, severity, title, why, bad, good)


UNKNOWN_LIST = _rule(
    "DC201",
    "unknown-list",
    "No list of this name is declared.",
    "deid 0.4.13 selects nothing then, without a word, and what the list was to remove stays.",
    _HEAD + "REMOVE fields:names\n",
    "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREMOVE fields:names\n",
)
UNUSED_LIST = _rule(
    "DC202",
    "unused-list",
    "No rule uses a list.",
    "Collecting values removes nothing. Most often the rule that was to use them is missing or misspelt.",
    "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREMOVE PatientID\n",
    "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREMOVE PatientID\nREMOVE fields:names\n",
    Severity.WARNING,
)
TWO_KINDS = _rule(
    "DC203",
    "list-of-two-kinds",
    "One name stands for a %values and a %fields list.",
    "In deid 0.4.13 one overwrites the other, and values: selects nothing. deidc keeps them apart.",
    "FORMAT dicom\n\n%values ids\nFIELD PatientID\n\n%fields ids\nFIELD StudyID\n\n%header\n"
    "REMOVE values:ids\nREMOVE fields:ids\n",
    "FORMAT dicom\n\n%values ids\nFIELD PatientID\n\n%fields numbers\nFIELD StudyID\n\n%header\n"
    "REMOVE values:ids\nREMOVE fields:numbers\n",
    Severity.WARNING,
)
UNKNOWN_KEYWORD = _rule(
    "DC204",
    "unknown-keyword",
    "DICOM has no attribute of this name.",
    "deid 0.4.13 selects nothing then, without a word, and the attribute that was meant stays. Every second recipe "
    "in use has such a line.",
    _HEAD + "REMOVE PatientNam\n",
    _HEAD + "REMOVE PatientName\n",
)
CTP_NAME = _rule(
    "DC205",
    "ctp-name",
    "An attribute is called as in CTP scripts or older tables.",
    "deid 0.4.13 knows keywords of PS3.6 only; it selects nothing, and the attribute stays.",
    _HEAD + "REMOVE PatientsName\n",
    _HEAD + "REMOVE PatientName\n",
)
KEYWORD_CASE = _rule(
    "DC206",
    "keyword-case",
    "A keyword is written in other letters than in PS3.6.",
    "It is found all the same. deid 0.4.13 stops with an error if it stands behind ADD.",
    _HEAD + "REMOVE patientname\n",
    _HEAD + "REMOVE PatientName\n",
    Severity.WARNING,
)
ELEMENT_NAME = _rule(
    "DC207",
    "element-name",
    "An attribute is called by its name in quotation marks, not by its keyword.",
    "deidc finds it. deid 0.4.13 selects nothing, without a word.",
    _HEAD + 'REMOVE "Patient\'s Name"\n',
    _HEAD + "REMOVE PatientName\n",
    Severity.WARNING,
)
UNKNOWN_BUILTIN = _rule(
    "DC208",
    "unknown-builtin",
    "There is no built-in function of this name.",
    "deid 0.4.13 warns and keeps the original value.",
    _HEAD + "REPLACE StudyDate deid_func:shift days=5\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=5\n",
)
UNKNOWN_ARGUMENT = _rule(
    "DC209",
    "unknown-argument",
    "A function has no argument of this name, or is given one twice.",
    "deid 0.4.13 ignores it: `dys=5` shifts every date by one day.",
    _HEAD + "REPLACE StudyDate deid_func:jitter dys=5\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=5\n",
)
BAD_ARGUMENT_VALUE = _rule(
    "DC210",
    "bad-argument-value",
    "An argument of a function is missing or cannot be what it must be.",
    "The function would fail on the first file. Secrets and tables come from variables, so that they do not stand "
    "in recipes.",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=five\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=5\n",
)
UNDECLARED_VARIABLE = _rule(
    "DC211",
    "undeclared-variable",
    "A variable is used that is not declared, or that the host does not supply.",
    "A misspelt variable is never supplied; deid 0.4.13 keeps the original value then, without a word.",
    "FORMAT dicom\n\n%vars\nVAR patient_id text\n\n%header\nREPLACE PatientID var:patient_id\n"
    "REPLACE StudyID var:patientid\n",
    "FORMAT dicom\n\n%vars\nVAR patient_id text\n\n%header\nREPLACE PatientID var:patient_id\n",
)
UNUSED_VARIABLE = _rule(
    "DC212",
    "unused-variable",
    "No rule uses a declared variable.",
    "What the variable was to replace stays, because no rule writes it.",
    "FORMAT dicom\n\n%vars\nVAR id text\n\n%header\nREMOVE PatientID\n",
    "FORMAT dicom\n\n%vars\nVAR id text\n\n%header\nREPLACE PatientID var:id\n",
    Severity.WARNING,
)
UNKNOWN_FUNCTION = _rule(
    "DC213",
    "unknown-function",
    "The host supplies no function of this name.",
    "deid 0.4.13 warns and keeps the original value.",
    "",
    "",
)
RECIPE_NOT_FOUND = _rule(
    "DC214",
    "recipe-not-found",
    "A recipe that is to be included does not exist or cannot be read.",
    "deid 0.4.13 warns, and goes on with no recipe at all: every file passes untouched.",
    'FORMAT dicom\n\n%include "no-such-recipe"\n\n%header\nREMOVE PatientName\n',
    _HEAD + "REMOVE PatientName\n",
)
AMBIGUOUS_RECIPE = _rule(
    "DC215",
    "ambiguous-recipe",
    "A recipe's name stands for a recipe of deidc and for a file at the same time.",
    "In deid 0.4.13 a file or folder called dicom silently takes the place of the default recipe.",
    "",
    "",
)
INCLUDE_CYCLE = _rule(
    "DC216",
    "include-cycle",
    "Recipes include each other in a circle.",
    "There is no order in which their rules could be laid one after the other.",
    "",
    "",
)
PIN_MISMATCH = _rule(
    "DC217",
    "pin-mismatch",
    "An included recipe is not the one whose digest was noted.",
    "Somebody changed it after it was reviewed.",
    f'FORMAT dicom\n\n%include "examples/remove" sha256:{"0" * 64}\n\n%header\nREMOVE PatientID\n',
    _HEAD + "REMOVE PatientName\n",
)
FORMAT_MISMATCH = _rule(
    "DC218",
    "format-mismatch",
    "Recipes that are laid one after the other are for different formats.",
    "Rules for one kind of object mean nothing for another.",
    "",
    "",
)
BUILTIN_AS_FUNCTION = _rule(
    "DC219",
    "builtin-as-function",
    "func: calls a function that deidc has built in.",
    "deid 0.4.13 looks only among the caller's functions, finds none, and keeps the original value. deidc calls "
    "the built-in one, unless the caller supplies another.",
    _HEAD + "REPLACE StudyDate func:jitter days=5\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=5\n",
    Severity.WARNING,
)
UNKNOWN_TAG = _rule(
    "DC220",
    "unknown-tag",
    "The dictionary has no attribute with this tag.",
    "It may be newer than the dictionary, then all is well; or two digits are swapped, then the attribute that was "
    "meant stays.",
    _HEAD + "REMOVE (0010,0019)\n",
    _HEAD + "REMOVE (0010,0010)\n",
    Severity.NOTE,
)
DOUBLED_VARIABLE = _rule(
    "DC221",
    "doubled-variable",
    "A variable is declared twice.",
    "It is not known which declaration counts.",
    "FORMAT dicom\n\n%vars\nVAR id text\nVAR id int\n\n%header\nREPLACE PatientID var:id\n",
    "FORMAT dicom\n\n%vars\nVAR id text\n\n%header\nREPLACE PatientID var:id\n",
)
BAD_DEFAULT = _rule(
    "DC222",
    "bad-default",
    "The default of a variable is not of its type, or a secret or table has one.",
    "The first file would be refused. A secret with a default is no secret.",
    "FORMAT dicom\n\n%vars\nVAR shift int default=many\n\n%header\nJITTER StudyDate var:shift\n",
    "FORMAT dicom\n\n%vars\nVAR shift int default=5\n\n%header\nJITTER StudyDate var:shift\n",
)
CTP_GROUP = _rule(
    "DC223",
    "ctp-group",
    "A group of elements is called as in CTP scripts or in Table E.1-1 of PS3.15.",
    "deid 0.4.13 selects nothing, without a word; private elements, overlays or curves stay.",
    _HEAD + "REMOVE curves\n",
    _HEAD + "REMOVE select:curve\n",
)
SPLIT_IN_FIELDS = _rule(
    "DC224",
    "split-in-fields",
    "SPLIT stands in a %fields list.",
    "A list of elements has no values to split. deid 0.4.13 exits.",
    'FORMAT dicom\n\n%fields names\nSPLIT PatientName by="^";minlength=4\n\n%header\nREMOVE fields:names\n',
    'FORMAT dicom\n\n%values names\nSPLIT PatientName by="^";minlength=4\n\n%header\nREMOVE values:names\n',
)
BLANK_IN_LIST_NAME = _rule(
    "DC225",
    "blank-in-list-name",
    "The name of a list has a blank in it.",
    "A rule cannot refer to it, because its target is one word.",
    "FORMAT dicom\n\n%fields the names\nFIELD PatientName\n\n%header\nREMOVE fields:the\n",
    "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREMOVE fields:names\n",
)
CIRCULAR_LIST = _rule(
    "DC226",
    "circular-list",
    "A list is filled from itself, straight or through other lists.",
    "There is no order in which such lists could be filled. They would stay empty, and what they were to remove "
    "would stay too.",
    "FORMAT dicom\n\n%values ids\nFIELD values:ids\nFIELD PatientID\n\n%header\nREMOVE values:ids\n",
    "FORMAT dicom\n\n%values ids\nFIELD PatientID\n\n%header\nREMOVE values:ids\n",
)
INCLUDED_TOO_DEEP = _rule(
    "DC227",
    "included-too-deep",
    "Recipes include one another through too many steps.",
    "Nobody can tell any more what such a recipe does. It is most often made by a program that went wrong.",
    "",
    "",
)
UNKNOWN_GROUP = _rule(
    "DC228",
    "unknown-group",
    "%pixels names a group of labels that does not exist.",
    "The policy would be that of no label, and the labels that were meant would have the policy of their group's name.",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n\n%pixels\nQUARANTINE greylist\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n\n%pixels\nQUARANTINE graylist\n",
)
DOUBLED_POLICY = _rule(
    "DC229",
    "doubled-policy",
    "One recipe says twice what becomes of a group, or how frames are stored.",
    "Both cannot hold. A recipe may decide otherwise than its bases and what it includes; its own lines are for one "
    "thing each.",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n  coordinates all\n\n%pixels\n"
    "CLEAN graylist\nFLAG graylist\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n  coordinates all\n\n%pixels\n"
    "FLAG graylist\n",
)

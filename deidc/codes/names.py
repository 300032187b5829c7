"""DC2xx: a name that nothing stands behind, or not what the author thinks."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"


def _rule(
    code: str,
    name: str,
    title: str,
    why: str,
    bad: str,
    good: str,
    severity: Severity = Severity.ERROR,
    *,
    stops_run: bool = False,
    deid_defines: bool = False,
) -> Rule:
    return Rule(code, name, severity, title, why, bad, good, stops_run, deid_defines)


UNKNOWN_LIST = _rule(
    "DC201",
    "unknown-list",
    "No list of this name is declared.",
    "deid 0.4.13 silently selects nothing, and the attributes that the list should have removed stay.",
    _HEAD + "REMOVE fields:names\n",
    "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREMOVE fields:names\n",
)
UNUSED_LIST = _rule(
    "DC202",
    "unused-list",
    "No rule uses a list.",
    "Collecting values removes nothing. The rule that should use them is probably missing or misspelt.",
    "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREMOVE PatientID\n",
    "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREMOVE PatientID\nREMOVE fields:names\n",
    Severity.WARNING,
    stops_run=True,
)
TWO_KINDS = _rule(
    "DC203",
    "list-of-two-kinds",
    "A %values and a %fields list have the same name.",
    "In deid 0.4.13 one overwrites the other, and values: selects nothing. deidc keeps them separate.",
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
    "deid 0.4.13 silently selects nothing, and the intended attribute stays. Every second recipe in use has such a "
    "line.",
    _HEAD + "REMOVE PatientNam\n",
    _HEAD + "REMOVE PatientName\n",
)
CTP_NAME = _rule(
    "DC205",
    "ctp-name",
    "An attribute has its name from CTP scripts or older tables.",
    "deid 0.4.13 knows only the keywords of PS3.6; it selects nothing, and the attribute stays. Write the keyword of "
    "PS3.6.",
    _HEAD + "REMOVE PatientsName\n",
    _HEAD + "REMOVE PatientName\n",
)
KEYWORD_CASE = _rule(
    "DC206",
    "keyword-case",
    "The case of a keyword differs from PS3.6.",
    "deidc finds the attribute. deid 0.4.13 stops with an error if the keyword follows ADD.",
    _HEAD + "REMOVE patientname\n",
    _HEAD + "REMOVE PatientName\n",
    Severity.WARNING,
)
ELEMENT_NAME = _rule(
    "DC207",
    "element-name",
    "An attribute is written as its quoted name, not as its keyword.",
    "deidc finds the attribute. deid 0.4.13 silently selects nothing.",
    _HEAD + 'REMOVE "Patient\'s Name"\n',
    _HEAD + "REMOVE PatientName\n",
    Severity.WARNING,
)
UNKNOWN_BUILTIN = _rule(
    "DC208",
    "unknown-builtin",
    "No built-in function has this name.",
    "deid 0.4.13 warns and keeps the original value.",
    _HEAD + "REPLACE StudyDate deid_func:shift days=5\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=5\n",
)
UNKNOWN_ARGUMENT = _rule(
    "DC209",
    "unknown-argument",
    "A function has no argument of this name, or is given it twice.",
    "deid 0.4.13 ignores the argument: `dys=5` shifts every date by one day.",
    _HEAD + "REPLACE StudyDate deid_func:jitter dys=5\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=5\n",
)
BAD_ARGUMENT_VALUE = _rule(
    "DC210",
    "bad-argument-value",
    "An argument of a function is missing or has an invalid value.",
    "The function would fail on the first file. Supply secrets and tables by variables, so that they are not part of "
    "the recipe.",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=five\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=5\n",
)
UNDECLARED_VARIABLE = _rule(
    "DC211",
    "undeclared-variable",
    "A variable is not declared, or the host does not supply it.",
    "A misspelt variable is never supplied; deid 0.4.13 then silently keeps the original value.",
    "FORMAT dicom\n\n%vars\nVAR patient_id text\n\n%header\nREPLACE PatientID var:patient_id\n"
    "REPLACE StudyID var:patientid\n",
    "FORMAT dicom\n\n%vars\nVAR patient_id text\n\n%header\nREPLACE PatientID var:patient_id\n",
)
UNUSED_VARIABLE = _rule(
    "DC212",
    "unused-variable",
    "No rule uses a declared variable.",
    "The attribute that the variable should replace stays, because no rule writes it.",
    "FORMAT dicom\n\n%vars\nVAR id text\n\n%header\nREMOVE PatientID\n",
    "FORMAT dicom\n\n%vars\nVAR id text\n\n%header\nREPLACE PatientID var:id\n",
    Severity.WARNING,
    stops_run=True,
)
UNKNOWN_FUNCTION = _rule(
    "DC213",
    "unknown-function",
    "The host supplies no function of this name.",
    "deid 0.4.13 warns and keeps the original value. Supply the function, or correct its name.",
    "",
    "",
)
RECIPE_NOT_FOUND = _rule(
    "DC214",
    "recipe-not-found",
    "An included recipe does not exist, cannot be read, or lies elsewhere.",
    "deid 0.4.13 warns and continues without any recipe: every file passes unchanged. A recipe includes only regular "
    "files below its own folder, or below a folder that --include-root names.",
    'FORMAT dicom\n\n%include "no-such-recipe"\n\n%header\nREMOVE PatientName\n',
    _HEAD + "REMOVE PatientName\n",
)
AMBIGUOUS_RECIPE = _rule(
    "DC215",
    "ambiguous-recipe",
    "A recipe's name stands for both a bundled recipe and a file.",
    "In deid 0.4.13 a file or folder called dicom silently replaces the default recipe. Write ./NAME for the file.",
    "",
    "",
)
INCLUDE_CYCLE = _rule(
    "DC216",
    "include-cycle",
    "Recipes include each other in a circle.",
    "No order of their rules is possible. Remove one of the %include lines.",
    "",
    "",
)
PIN_MISMATCH = _rule(
    "DC217",
    "pin-mismatch",
    "The digest of an included recipe differs from the pinned digest.",
    "The recipe was changed after it was reviewed. Review the change, then pin the new digest.",
    f'FORMAT dicom\n\n%include "examples/remove" sha256:{"0" * 64}\n\n%header\nREMOVE PatientID\n',
    _HEAD + "REMOVE PatientName\n",
)
FORMAT_MISMATCH = _rule(
    "DC218",
    "format-mismatch",
    "Combined recipes have different formats.",
    "Rules for one kind of object have no meaning for another.",
    "",
    "",
)
BUILTIN_AS_FUNCTION = _rule(
    "DC219",
    "builtin-as-function",
    "func: calls a function that is built into deidc.",
    "deid 0.4.13 looks only among the caller's functions, finds none, and keeps the original value. deidc calls the "
    "built-in function, unless the caller supplies another.",
    _HEAD + "REPLACE StudyDate func:jitter days=5\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=5\n",
    Severity.WARNING,
)
UNKNOWN_TAG = _rule(
    "DC220",
    "unknown-tag",
    "The dictionary has no attribute with this tag.",
    "The tag may be newer than the dictionary; then the line is correct. If two digits are swapped, the intended "
    "attribute stays in every file.",
    _HEAD + "REMOVE (0010,0019)\n",
    _HEAD + "REMOVE (0010,0010)\n",
    Severity.NOTE,
)
DOUBLED_VARIABLE = _rule(
    "DC221",
    "doubled-variable",
    "A variable is declared twice.",
    "It is unknown which declaration counts. Remove one of them.",
    "FORMAT dicom\n\n%vars\nVAR id text\nVAR id int\n\n%header\nREPLACE PatientID var:id\n",
    "FORMAT dicom\n\n%vars\nVAR id text\n\n%header\nREPLACE PatientID var:id\n",
)
BAD_DEFAULT = _rule(
    "DC222",
    "bad-default",
    "The default of a variable is not of its type, or a secret or table has one.",
    "The first file would be refused. A secret with a default is not a secret.",
    "FORMAT dicom\n\n%vars\nVAR shift int default=many\n\n%header\nJITTER StudyDate var:shift\n",
    "FORMAT dicom\n\n%vars\nVAR shift int default=5\n\n%header\nJITTER StudyDate var:shift\n",
)
CTP_GROUP = _rule(
    "DC223",
    "ctp-group",
    "A group of elements has its name from CTP scripts or Table E.1-1 of PS3.15.",
    "deid 0.4.13 silently selects nothing; private elements, overlays or curves stay. Write the selector.",
    _HEAD + "REMOVE curves\n",
    _HEAD + "REMOVE select:curve\n",
)
SPLIT_IN_FIELDS = _rule(
    "DC224",
    "split-in-fields",
    "A %fields list contains SPLIT.",
    "A list of elements has no values to split. deid 0.4.13 exits. Write FIELD, or declare a %values list.",
    'FORMAT dicom\n\n%fields names\nSPLIT PatientName by="^";minlength=4\n\n%header\nREMOVE fields:names\n',
    'FORMAT dicom\n\n%values names\nSPLIT PatientName by="^";minlength=4\n\n%header\nREMOVE values:names\n',
)
BLANK_IN_LIST_NAME = _rule(
    "DC225",
    "blank-in-list-name",
    "The name of a list contains a blank.",
    "A rule cannot refer to the list, because a target is one word.",
    "FORMAT dicom\n\n%fields the names\nFIELD PatientName\n\n%header\nREMOVE fields:the\n",
    "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREMOVE fields:names\n",
)
CIRCULAR_LIST = _rule(
    "DC226",
    "circular-list",
    "A list is filled from itself, directly or through other lists.",
    "No order of filling such lists is possible. They would stay empty, and the attributes they should remove would "
    "stay.",
    "FORMAT dicom\n\n%values ids\nFIELD values:ids\nFIELD PatientID\n\n%header\nREMOVE values:ids\n",
    "FORMAT dicom\n\n%values ids\nFIELD PatientID\n\n%header\nREMOVE values:ids\n",
)
INCLUDED_TOO_DEEP = _rule(
    "DC227",
    "included-too-deep",
    "Recipes are included through too many levels.",
    "The effect of such a recipe cannot be reviewed. It was probably generated by a program with a bug.",
    "",
    "",
)
UNKNOWN_GROUP = _rule(
    "DC228",
    "unknown-group",
    "%pixels names a group of labels that does not exist.",
    "No label would have this policy, and the intended labels would have the policy that their group's name implies. "
    "Correct the name.",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n\n%pixels\nQUARANTINE greylist\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n\n%pixels\nQUARANTINE graylist\n",
)
DOUBLED_POLICY = _rule(
    "DC229",
    "doubled-policy",
    "A recipe declares two policies for one group, or two ways to store frames.",
    "Only one of the two can apply. A recipe may override the policies of its bases and includes, but may declare "
    "each policy once.",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n  coordinates all\n\n%pixels\n"
    "CLEAN graylist\nFLAG graylist\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n  coordinates all\n\n%pixels\n"
    "FLAG graylist\n",
)
UNKNOWN_UID = _rule(
    "DC230",
    "unknown-uid",
    "A guard compares a UID with a name that DICOM does not register.",
    "The condition holds for no object, and the rules behind it never act. Write the UID, or its name or keyword in "
    "PS3.6 annex A.",
    _HEAD + "REMOVE StudyID when SOPClassUID equals CTImageStorrage\n",
    _HEAD + "REMOVE StudyID when SOPClassUID equals CTImageStorage\n",
)
DESCEND_INTO_VALUE = _rule(
    "DC231",
    "descend-into-value",
    "DESCEND names an attribute that is not a sequence.",
    "Only a sequence has items for other rules to reach, so the rule has no effect. Write KEEP for an attribute that "
    "is to stay.",
    _HEAD + "DESCEND StudyDate\n",
    _HEAD + "KEEP StudyDate\n",
)
NO_PARTNER = _rule(
    "DC234",
    "no-partner",
    "A date has no time, or a time has no date, that moves with it.",
    "shift_moment and round_moment go beyond midnight, so a time needs its date and a date needs its time. By default "
    "that is the attribute of the same name with Date and Time exchanged; name another with with=.",
    _HEAD + "REPLACE LastMenstrualDate deid_func:shift_moment by=36 unit=hours\n",
    _HEAD + "JITTER LastMenstrualDate 1\n",
)
SECRET_DECLARED_OTHERWISE = _rule(
    "DC250",
    "secret-declared-otherwise",
    "A variable is used as a secret, and declared with another type.",
    "Only values of the type `secret` are judged: a key that is easy to guess gives away every pseudonym made with it. "
    "Only they have no default in the recipe, and only they are replaced by a stand-in where nothing is written.",
    "FORMAT dicom\n\n%vars\nVAR key text\n\n%header\nREPLACE PatientID deid_func:stable_hash key=var:key\n",
    "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREPLACE PatientID deid_func:stable_hash key=var:key\n",
)

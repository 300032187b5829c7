"""DC4xx: rules that cannot act, undo each other, or leave or destroy what the author did not think of."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"
_CLAIM = _HEAD + "ADD PatientIdentityRemoved YES\nREMOVE PatientName\nREMOVE PatientID\nREMOVE PatientBirthDate\n"
_FILTER = "FORMAT dicom\n\n%filter blacklist\n\nLABEL screenshots\n"


def _rule(
    code: str, name: str, title: str, why: str, bad: str, good: str, severity: Severity = Severity.WARNING
) -> Rule:
    return Rule(code, name, severity, title, why, bad, good)


COMMENT_BEHIND_RULE = _rule(
    "DC401",
    "comment-behind-rule",
    "A comment stands behind a rule that deid 0.4.13 does not execute then.",
    "deid takes the comment for a condition or a part of a name and leaves the attribute as it is, without a word. "
    "deidc does what is meant. Put the comment on a line of its own if the recipe is used with both.",
    _HEAD + "REMOVE PatientName  # direct identifier\n",
    _HEAD + "# direct identifier\nREMOVE PatientName\n",
)
KEPT = _rule(
    "DC402",
    "kept",
    "A rule acts on an attribute that KEEP keeps.",
    "KEEP beats every rule but ADD, wherever it stands. The attribute stays.",
    _HEAD + "KEEP StudyID\nREPLACE StudyID var:id\n",
    _HEAD + "REPLACE StudyID var:id\n",
)
SPARED = _rule(
    "DC403",
    "spared",
    "A REMOVE never acts, because another rule rewrites the attribute.",
    "REPLACE and JITTER hold off REMOVE, wherever they stand.",
    _HEAD + "REMOVE StudyID\nREPLACE StudyID none\n",
    _HEAD + "REPLACE StudyID none\n",
)
DOUBLED = _rule(
    "DC404",
    "doubled",
    "A rule is written twice.",
    "The second does nothing. Most often another attribute was meant.",
    _HEAD + "REMOVE PatientName\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
CONTRADICTION = _rule(
    "DC405",
    "contradiction",
    "Two rules do different things to one attribute.",
    "Only the outcome of the later one is seen, and it may be the weaker.",
    _HEAD + "BLANK StudyID\nREPLACE StudyID none\n",
    _HEAD + "REPLACE StudyID none\n",
)
SHIFTED_TWICE = _rule(
    "DC406",
    "shifted-twice",
    "Two JITTER rules shift the same attribute.",
    "Its dates are shifted by the sum, all others once, and intervals between them are wrong.",
    _HEAD + "JITTER StudyDate 10\nJITTER endswith:Date 10\n",
    _HEAD + "JITTER endswith:Date 10\n",
)
REPLACED_THEN_SHIFTED = _rule(
    "DC407",
    "replaced-then-shifted",
    "A value is replaced, and the new one is shifted.",
    "The date that was to be written is not the one in the file.",
    _HEAD + "REPLACE PatientBirthDate 19000101\nJITTER endswith:Date 10\n",
    _HEAD + "JITTER StudyDate 10\nREPLACE PatientBirthDate 19000101\n",
)
OVERWRITTEN = _rule(
    "DC408",
    "overwritten",
    "A later, wider rule overwrites what an earlier one wrote.",
    "The value of the earlier rule is in no file.",
    _HEAD + "REPLACE PatientName none\nREPLACE contains:^PatientName$|OperatorsName anonymous\n",
    _HEAD + "REPLACE contains:^PatientName$|OperatorsName anonymous\nREPLACE PatientName none\n",
)
REACHES_UIDS = _rule(
    "DC409",
    "reaches-uids",
    "A wide rule removes or empties UIDs that every object must have.",
    "Without SOP Class, SOP Instance, Study or Series Instance UID no archive takes the object. KEEP them, or "
    "REPLACE them, which holds off REMOVE.",
    _HEAD + "REMOVE contains:UID\n",
    _HEAD + "REMOVE contains:DeviceUID\n",
)
REMOVES_UID = _rule(
    "DC410",
    "removes-uid",
    "A UID that every object must have is removed or emptied.",
    "No archive takes the object. Replace it instead.",
    _HEAD + "REMOVE SOPInstanceUID\n",
    _HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n",
)
KEEPS_ITEMS = _rule(
    "DC411",
    "keeps-items",
    "KEEP of a sequence keeps everything inside it.",
    "A patient's name or date in an item stays, although other rules remove it.",
    _HEAD + "KEEP RequestAttributesSequence\nREMOVE AccessionNumber\n",
    _HEAD + "KEEP RequestAttributesSequence__ScheduledProcedureStepID\nREMOVE AccessionNumber\n",
)
KEEPS_IDENTIFIER = _rule(
    "DC412",
    "keeps-identifier",
    "KEEP keeps an attribute that names or numbers the patient.",
    "It stays in every file. If that is meant, say so with an ignore and its reason.",
    _HEAD + "KEEP PatientName\n",
    _HEAD + "KEEP PatientSex\n",
)
PROTECTED = _rule(
    "DC413",
    "protected",
    "A rule names an attribute that deidc protects.",
    "Without it the rest of the object cannot be read, so the rule does nothing, and pixels or palettes that were "
    "to go would stay.",
    _HEAD + "REMOVE PixelData\n",
    _HEAD + "REMOVE IconImageSequence\n",
    Severity.ERROR,
)
SHIFTS_TOO_MUCH = _rule(
    "DC414",
    "shifts-no-dates",
    "A wide JITTER reaches attributes that hold no dates.",
    "deidc leaves times and numbers as they are; deid 0.4.13 turns them into dates. Say select:VR:DA|DT to mean dates.",
    _HEAD + "JITTER endswith:Time 5\n",
    _HEAD + "JITTER select:VR:DT 5\n",
)
LITERAL_FOR_MANY = _rule(
    "DC415",
    "literal-for-many",
    "A wide REPLACE writes a literal that not all attributes can hold.",
    "An object that has one of them is refused; deid 0.4.13 writes nonsense, or keeps the original.",
    _HEAD + "REPLACE endswith:Time 120000\n",
    _HEAD + "REPLACE select:VR:TM 120000\n",
)
READABLE_SHIFT = _rule(
    "DC416",
    "readable-shift",
    "The number of days of JITTER stands in the recipe.",
    "Whoever reads the recipe can shift the dates back. Take the days from a variable, or from "
    "deid_func:date_shift with a key.",
    _CLAIM + "JITTER StudyDate 31\n",
    _CLAIM + "JITTER StudyDate var:shift\n",
    Severity.NOTE,
)
CASE_DOUBLE = _rule(
    "DC417",
    "case-double",
    "Two patterns differ in capitals only.",
    "Patterns ignore case, so the second rule does nothing.",
    _HEAD + "REMOVE endswith:Comments\nREMOVE endswith:comments\n",
    _HEAD + "REMOVE endswith:Comments\n",
)
UNKEYED_UID = _rule(
    "DC418",
    "unkeyed-uid",
    "UIDs are made from an unkeyed hash of the original.",
    "Whoever knows an original UID can compute the new one and link the two (PS3.15 E.1.1). "
    "deid_func:stable_uid takes a key.",
    _CLAIM + "REPLACE StudyInstanceUID deid_func:pydicom_uuid\n",
    _CLAIM + "REPLACE StudyInstanceUID deid_func:stable_uid key=var:key\n",
    Severity.NOTE,
)
REMOVES_CREATOR = _rule(
    "DC419",
    "removes-creator",
    "A private creator is removed or changed by its tag.",
    "The other elements of its block lose their meaning and cannot be found by creator any more. Block numbers "
    "differ from file to file, too.",
    _HEAD + "REMOVE (0009,0010)\n",
    _HEAD + 'REMOVE (0009,"ACME",xx)\n',
)
ADDED_THEN_GONE = _rule(
    "DC420",
    "added-then-gone",
    "An attribute is added, and a later rule removes or empties it.",
    "Rules act in the order of the file; what was added is in no file.",
    _HEAD + "ADD StudyID none\nREMOVE StudyID\n",
    _HEAD + "REMOVE StudyID\nADD StudyID none\n",
)
LIST_AFTER_REMOVE = _rule(
    "DC421",
    "list-after-remove",
    "A REPLACE through a list comes to attributes that REMOVE takes away.",
    "Only rules that name attributes or patterns hold off REMOVE, as in deid 0.4.13; the elements are gone.",
    "FORMAT dicom\n\n%fields ids\nFIELD PatientID\n\n%header\nREMOVE all\nREPLACE fields:ids none\n",
    "FORMAT dicom\n\n%fields ids\nFIELD PatientID\n\n%header\nREPLACE fields:ids none\n",
)
OR_LINE = _rule(
    "DC422",
    "or-line",
    "A line of criteria begins with ||.",
    "deid 0.4.13 ignores the operator and joins lines by AND, so its label fires less often. deidc does what is "
    "written.",
    _FILTER + "  contains Modality OT\n  || contains Modality SC\n",
    _FILTER + "  contains Modality OT || contains Modality SC\n",
)
BARE_LINE = _rule(
    "DC423",
    "bare-line",
    "A line of criteria begins without an operator.",
    "It is joined by AND, as deid 0.4.13 does; its documentation says OR. Begin it with + to mean AND.",
    _FILTER + "  contains Modality OT\n  contains Manufacturer ACME\n",
    _FILTER + "  contains Modality OT\n  + contains Manufacturer ACME\n",
)
NEVER_FIRES = _rule(
    "DC424",
    "never-fires",
    "The criteria of a label contradict each other.",
    "It never fires, and burned-in text stays.",
    _FILTER + "  equals Modality OT\n  + equals Modality US\n",
    _FILTER + "  equals Modality OT\n  || equals Modality US  # deidc: ignore[DC422] not used with deid\n",
)
SAME_LABEL = _rule(
    "DC425",
    "same-label",
    "Two labels of a group have the same criteria.",
    "Most often one was copied and not finished.",
    _FILTER + "  contains Modality OT\n\nLABEL others\n  contains Modality OT\n",
    _FILTER + "  contains Modality OT\n\nLABEL others\n  contains Modality SC\n",
)
NO_CRITERIA = _rule(
    "DC426",
    "no-criteria",
    "A label has no criteria.",
    "It fires for every object. With regions it blanks them in every image.",
    "FORMAT dicom\n\n%filter blacklist\n\nLABEL screenshots\n",
    _FILTER + "  contains Modality OT\n",
)
WHITELIST = _rule(
    "DC427",
    "whitelist-with-regions",
    "A label of a whitelist has regions.",
    "An object on a whitelist is passed on as it is, so the regions would not be blanked.",
    "FORMAT dicom\n\n%filter whitelist\n\nLABEL known\n  contains Modality CT\n  coordinates 0,0,10,10\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL known\n  contains Modality CT\n  coordinates 0,0,10,10\n",
)
LEAVES_IDENTIFIERS = _rule(
    "DC428",
    "leaves-identifiers",
    "A recipe says that identity is removed, and leaves attributes that name the patient.",
    "PatientIdentityRemoved YES is a promise to whoever receives the files.",
    _HEAD + "ADD PatientIdentityRemoved YES\nREMOVE PatientID\n",
    _CLAIM,
    Severity.NOTE,
)
IDENTITY_REMOVED = _rule(
    "DC429",
    "identity-removed",
    "PatientIdentityRemoved is neither YES nor NO.",
    "Readers know no other value (PS3.3 C.7.1.1).",
    _CLAIM.replace("YES", "TRUE"),
    _CLAIM,
)
SEQUENCE_GONE = _rule(
    "DC430",
    "sequence-gone",
    "A rule acts inside a sequence that another rule removes.",
    "Removing or emptying a sequence takes its items along, so the rule never acts.",
    _HEAD + "REMOVE RequestAttributesSequence\nREPLACE RequestAttributesSequence__AccessionNumber none\n",
    _HEAD + "REPLACE RequestAttributesSequence__AccessionNumber none\n",
)

RULES: tuple[Rule, ...] = (
    COMMENT_BEHIND_RULE,
    KEPT,
    SPARED,
    DOUBLED,
    CONTRADICTION,
    SHIFTED_TWICE,
    REPLACED_THEN_SHIFTED,
    OVERWRITTEN,
    REACHES_UIDS,
    REMOVES_UID,
    KEEPS_ITEMS,
    KEEPS_IDENTIFIER,
    PROTECTED,
    SHIFTS_TOO_MUCH,
    LITERAL_FOR_MANY,
    READABLE_SHIFT,
    CASE_DOUBLE,
    UNKEYED_UID,
    REMOVES_CREATOR,
    ADDED_THEN_GONE,
    LIST_AFTER_REMOVE,
    OR_LINE,
    BARE_LINE,
    NEVER_FIRES,
    SAME_LABEL,
    NO_CRITERIA,
    WHITELIST,
    LEAVES_IDENTIFIERS,
    IDENTITY_REMOVED,
    SEQUENCE_GONE,
)

"""DC3xx: a value, pattern or amount that does not fit its attribute."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"
_FILTER = "FORMAT dicom\n\n%filter blacklist\n\nLABEL screenshots\n"


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


LITERAL_UNFIT = _rule(
    "DC301",
    "literal-unfit",
    "A literal is not a valid value of the attribute's VR.",
    "Readers of the file could not decode the value. deid 0.4.13 writes it, or keeps the original where it cannot.",
    _HEAD + "REPLACE StudyDate date_shift\n",
    _HEAD + "REPLACE StudyDate 19000101\n",
)
LITERAL_TOO_LONG = _rule(
    "DC302",
    "literal-too-long",
    "A literal is longer than the attribute's VR allows.",
    "Systems that receive the file truncate the value or refuse the file.",
    _HEAD + "REPLACE AccessionNumber removed-by-the-hospital\n",
    _HEAD + "REPLACE AccessionNumber removed\n",
)
CODE_CASE = _rule(
    "DC303",
    "code-case",
    "A code string is not in capitals.",
    "Code strings are in capitals (PS3.5 6.2), and readers look for YES, not Yes. deidc writes capitals.",
    _HEAD + "ADD BurnedInAnnotation No\n",
    _HEAD + "ADD BurnedInAnnotation NO\n",
    Severity.WARNING,
)
TEXT_INTO_SEQUENCE = _rule(
    "DC304",
    "text-for-sequence",
    "Text is written to a sequence.",
    "A sequence holds items. deid 0.4.13 crashes when the attribute occurs. Name an attribute inside, as in "
    "Sequence__Attribute, or REMOVE or BLANK the sequence.",
    _HEAD + "REPLACE ContentSequence none\n",
    _HEAD + "BLANK ContentSequence\n",
)
JITTER_NO_DATE = _rule(
    "DC305",
    "jitter-no-date",
    "JITTER names an attribute that does not hold a date.",
    "Only DA and DT values can be shifted. deid 0.4.13 turns times and numbers into dates.",
    _HEAD + "JITTER StudyTime 5\n",
    _HEAD + "JITTER StudyDate 5\n",
)
JITTER_AMOUNT = _rule(
    "DC306",
    "jitter-amount",
    "The amount of JITTER is not a whole number of days.",
    "deid 0.4.13 stops in the middle of a run. Write a whole number.",
    _HEAD + "JITTER StudyDate 1.5\n",
    _HEAD + "JITTER StudyDate 1\n",
)
JITTER_ZERO = _rule(
    "DC307",
    "jitter-zero",
    "JITTER shifts by zero days.",
    "The real dates stay in every file, although the rule appears to shift them.",
    _HEAD + "JITTER StudyDate 0\n",
    _HEAD + "JITTER StudyDate 31\n",
    deid_defines=True,
)
ADD_TO_MANY = _rule(
    "DC308",
    "add-to-many",
    "ADD names more than one attribute.",
    "It is unknown which attributes to create. deid 0.4.13 stops with an error. Use REPLACE to change attributes "
    "that exist.",
    _HEAD + "ADD endswith:Date 19000101\n",
    _HEAD + "REPLACE select:VR:DA 19000101\n",
)
ADD_UNKNOWN = _rule(
    "DC309",
    "add-unknown",
    "ADD names an attribute whose VR is unknown.",
    'A private element needs its creator, written (gggg,"CREATOR",ee); a public tag that is not in the dictionary '
    "cannot be created.",
    _HEAD + "ADD (0009,1001) x\n",
    _HEAD + 'ADD (0009,"ACME",01) x\n',
)
MANY_INTO_ONE = _rule(
    "DC310",
    "many-into-one",
    "A literal has several values, but the attribute holds one.",
    "A backslash separates values. Readers take the first value, or none.",
    _HEAD + "REPLACE PatientID A\\B\n",
    _HEAD + "REPLACE PatientID A-B\n",
    Severity.WARNING,
)
SHORT_PARTS = _rule(
    "DC311",
    "short-parts",
    "SPLIT produces parts of one character.",
    "Initials occur everywhere, so rules that use the list change attributes unrelated to the patient. Set "
    "minlength, the number of characters that a part must have.",
    'FORMAT dicom\n\n%values names\nSPLIT PatientName by="^"\n\n%header\nREMOVE values:names\n',
    'FORMAT dicom\n\n%values names\nSPLIT PatientName by="^";minlength=2\n\n%header\nREMOVE values:names\n',
    Severity.WARNING,
)
COMMON_VALUES = _rule(
    "DC312",
    "common-values",
    "A list collects an attribute with few different values.",
    "Sex, modality or laterality of one patient occurs in attributes of all patients; rules that use the list change "
    "them.",
    "FORMAT dicom\n\n%values sex\nFIELD PatientSex\n\n%header\nREMOVE values:sex\n",
    "FORMAT dicom\n\n%values ids\nFIELD PatientID\n\n%header\nREMOVE values:ids\n",
    Severity.WARNING,
)
UUID_INTO_UID = _rule(
    "DC313",
    "uuid-into-uid",
    "A UUID is written to a UID attribute.",
    "A UUID has letters and hyphens and is not a valid UID; the object would be refused. Write "
    "deid_func:pydicom_uuid or deid_func:stable_uid.",
    _HEAD + "REPLACE SOPInstanceUID deid_func:basic_uuid\n",
    _HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n",
)
RANDOM_UID = _rule(
    "DC314",
    "random-uid",
    "A UID that groups or links objects is replaced by a random UID.",
    "Each file gets another UID, so the images of a series are separated and references become invalid. Use "
    "deid_func:stable_uid with a key, or deid_func:pydicom_uuid.",
    _HEAD + "REPLACE StudyInstanceUID deid_func:dicom_uuid org_root=1.2.3\n",
    _HEAD + "REPLACE StudyInstanceUID deid_func:pydicom_uuid\n",
    Severity.WARNING,
)
BAD_ROOT = _rule(
    "DC315",
    "bad-root",
    "A UID root is not a valid UID, or is too long for a suffix.",
    "The function would fail on the first file.",
    _HEAD + "REPLACE DeviceUID deid_func:dicom_uuid org_root=my-hospital\n",
    _HEAD + "REPLACE DeviceUID deid_func:dicom_uuid org_root=1.2.3\n",
)
SAME_UID = _rule(
    "DC316",
    "same-uid",
    "An instance UID is replaced by a literal.",
    "Every object gets the same UID. Archives treat them as one object and keep only the last.",
    _HEAD + "REPLACE SOPInstanceUID 1.2.3\n",
    _HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n",
    Severity.WARNING,
)
NOT_STABLE = _rule(
    "DC317",
    "not-stable",
    "stable_remapping=false has another meaning in deid 0.4.13.",
    "deid 0.4.13 then writes one constant UID into every file. deidc writes random UIDs, which also break the "
    "grouping of objects.",
    _HEAD + "REPLACE DeviceUID deid_func:pydicom_uuid stable_remapping=false\n",
    _HEAD + "REPLACE DeviceUID deid_func:pydicom_uuid\n",
    Severity.WARNING,
)
YEARS_ONLY = _rule(
    "DC318",
    "years-only",
    "jitter has years= but no days=.",
    "deid 0.4.13 adds one day to the years; deidc does not. Write days=0 to get the same result with both.",
    _HEAD + "REPLACE StudyDate deid_func:jitter years=1\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter years=1 days=0\n",
    Severity.WARNING,
)
ODD_DIGITS = _rule(
    "DC319",
    "odd-digits",
    "A pattern for odd groups omits the hexadecimal digits B, D and F.",
    "Three of eight private groups stay. Write select:private to select all of them.",
    _HEAD + "REMOVE contains:^.{3}[13579].{4}$\n",
    _HEAD + "REMOVE select:private\n",
    Severity.WARNING,
    stops_run=True,
)
EMPTY_ALTERNATIVE = _rule(
    "DC320",
    "empty-alternative",
    "A pattern has an empty alternative.",
    "An empty alternative matches everything, so the rule reaches every attribute: KEEP keeps names, REMOVE destroys "
    "the object, a label fires for all objects.",
    _HEAD + "KEEP contains:^Series|\n",
    _HEAD + "KEEP contains:^Series\n",
)
CAPITAL_ESCAPE = _rule(
    "DC321",
    "capital-escape",
    "A pattern has an escape with a capital letter.",
    "deid 0.4.13 lower-cases patterns, so it reads \\D as \\d. deidc reads the pattern as written; the two select "
    "different attributes.",
    _HEAD + "REMOVE contains:Patient\\D+ID\n",
    _HEAD + "REMOVE contains:Patient[^0-9]+ID\n",
    Severity.WARNING,
)
PATTERN_FITS_NOTHING = _rule(
    "DC322",
    "pattern-fits-nothing",
    "A pattern matches no name that an element has.",
    "The rule has no effect, and the intended attribute stays. Patterns are matched against keywords, names and tags, "
    "like PatientName, Patient's Name, (0010,0010) and 00100010, and against what is known of private elements.",
    _HEAD + "REMOVE startswith:Pacient\n",
    _HEAD + "REMOVE startswith:Patient\n",
    Severity.WARNING,
    stops_run=True,
)
ALTERNATION_IN_EQUALS = _rule(
    "DC323",
    "alternation-in-equals",
    "equals compares with text that contains a |.",
    "equals does not support alternatives: equals Rows 600|768 is never true, and the label never fires. Use contains.",
    _FILTER + "  equals Modality CT|MR\n",
    _FILTER + "  contains Modality ^(CT|MR)$\n",
    Severity.WARNING,
    stops_run=True,
)
PLUS_IN_PATTERN = _rule(
    "DC324",
    "plus-in-pattern",
    "A + between words of a pattern repeats the letter before it.",
    "contains ImageType DERIVED+SECONDARY searches for DERIVEDSECONDARY and never fires. Write two criteria joined "
    "by + between blanks.",
    _FILTER + "  contains ImageType DERIVED+SECONDARY\n",
    _FILTER + "  contains ImageType DERIVED + contains ImageType SECONDARY\n",
    Severity.WARNING,
    stops_run=True,
)
NOT_A_TERM = _rule(
    "DC325",
    "not-a-term",
    "A criterion compares an attribute with a value that it never has.",
    "The label never fires. Modality has two-letter codes (MR, PT); numbers are compared with numbers.",
    _FILTER + "  equals Modality MRI\n",
    _FILTER + "  equals Modality MR\n",
    Severity.WARNING,
    stops_run=True,
)
ONLY_NESTED = _rule(
    "DC326",
    "only-nested",
    "A criterion reads an attribute at the top level that occurs only in items.",
    "The label never fires. Name the sequence: Sequence__Attribute.",
    _FILTER + "  contains CodeMeaning screenshot\n",
    _FILTER + "  contains ConceptNameCodeSequence__CodeMeaning screenshot\n",
    Severity.WARNING,
    stops_run=True,
)
CHARACTER_SET = _rule(
    "DC327",
    "character-set",
    "Specific Character Set is set to a value other than ISO_IR 192.",
    "Readers would decode the text of the object with the wrong character set. An object can be promoted to ISO_IR "
    "192 (UTF-8), which can encode all letters; deidc then re-encodes its text.",
    _HEAD + 'REPLACE SpecificCharacterSet "ISO_IR 100"\n',
    _HEAD + 'REPLACE SpecificCharacterSet "ISO_IR 192"\n',
)

VARIABLE_UNFIT = _rule(
    "DC328",
    "variable-unfit",
    "The type of a variable does not fit the attribute.",
    "Every object that has the attribute would be refused. A date is not a UID, a number is not a time, a table is "
    "not a value, and JITTER needs a whole number of days.",
    "FORMAT dicom\n\n%vars\nVAR day date\n\n%header\nREPLACE StudyInstanceUID var:day\n",
    "FORMAT dicom\n\n%vars\nVAR day date\n\n%header\nREPLACE StudyDate var:day\n",
)
FUNCTION_UNFIT = _rule(
    "DC329",
    "function-unfit",
    "A built-in function returns a value that the attribute cannot hold.",
    "Every object that has the attribute would be refused, or would get a number of days in place of a date.",
    _HEAD + "REPLACE StudyDate deid_func:stable_hash key=var:key\n",
    _HEAD + "REPLACE StudyDate deid_func:truncate_date\n",
)
SECRET_WRITTEN = _rule(
    "DC330",
    "secret-written",
    "A secret is written into files.",
    "The recipient of any file has the key and can reverse every pseudonym made with it.",
    "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREPLACE PatientID var:key\n",
    "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREPLACE PatientID deid_func:stable_hash key=var:key\n",
)
WHOLE_TAG = _rule(
    "DC331",
    "whole-tag-pattern",
    "A tag pattern matches curves or overlays.",
    "Such a pattern is easily wrong by one digit, and annotations with the patient's name then stay. Write "
    "select:curve or select:overlay.",
    _HEAD + "REMOVE contains:^\\(50.{2},.{4}\\)$\n",
    _HEAD + "REMOVE select:curve\n",
    Severity.NOTE,
)
FITS_EVERYTHING = _rule(
    "DC332",
    "fits-everything",
    "A pattern matches every attribute.",
    "The rule reaches every element of the object and destroys the data to be shared. Write all if this is intended.",
    _HEAD + "BLANK contains:[a-z]* if contains:Smith\n",
    _HEAD + "BLANK all if contains:Smith\n",
    Severity.WARNING,
)
DIGITS_ANYWHERE = _rule(
    "DC333",
    "digits-anywhere",
    "A pattern of four digits is matched against tags.",
    "It matches groups, elements, and even the end of a group with the start of an element: contains:8103 matches "
    "(0008,103E). Unrelated attributes are lost.",
    _HEAD + "REMOVE contains:0040\n",
    _HEAD + "REMOVE select:group:0040\n",
    Severity.WARNING,
)
BEYOND_ASCII = _rule(
    "DC334",
    "beyond-ascii",
    "A literal has letters that some character sets cannot encode.",
    "An object whose Specific Character Set lacks them is refused. Promote objects to ISO_IR 192, which encodes all "
    "letters.",
    _HEAD + "REPLACE PatientName Müller\n",
    _HEAD + 'REPLACE SpecificCharacterSet "ISO_IR 192"\nREPLACE PatientName Müller\n',
    Severity.WARNING,
)
SLOW_PATTERN = _rule(
    "DC335",
    "slow-pattern",
    "A pattern can match a text in too many ways.",
    "A repetition in a repetition, or repetitions of the same characters one behind the other, can share a text in too "
    "many ways, whether they have a limit or not. On a value that almost matches, the search takes practically "
    "unlimited time: the file is refused at its deadline (DC932). Write a pattern that can read each text in one way.",
    _HEAD + "REMOVE contains:(Patient[A-Z]*)*ID$\n",
    _HEAD + "REMOVE contains:Patient[A-Z]*ID$\n",
    Severity.WARNING,
    stops_run=True,
)
REGIONS_NO_SEQUENCE = _rule(
    "DC336",
    "regions-no-sequence",
    "from: names an attribute that is not a sequence.",
    "It contains no regions, so nothing is blanked, and text burned into the pixels stays. Name a sequence.",
    _FILTER + "  contains Modality US\n  coordinates from:Rows\n",
    _FILTER + "  contains Modality US\n  coordinates from:SequenceOfUltrasoundRegions\n",
)
CONDITION_NEVER = _rule(
    "DC337",
    "condition-never-holds",
    "The conditions of a rule are never true.",
    "The rule never acts, and the attribute that it should remove stays in every file.",
    _HEAD + "REMOVE StudyDate equals:2020-01-01\n",
    _HEAD + "REMOVE StudyDate equals:20200101\n",
    Severity.WARNING,
    stops_run=True,
)
NOTHING_TO_DERIVE = _rule(
    "DC338",
    "nothing-to-derive",
    "ADD uses a function that derives its result from the element's own value.",
    "In an object that lacks the attribute there is no value to derive from, and the attribute is added empty. Use "
    "REPLACE.",
    _HEAD + "ADD DeviceUID deid_func:pydicom_uuid\n",
    _HEAD + "REPLACE DeviceUID deid_func:pydicom_uuid\n",
    Severity.WARNING,
)
CODE_CHARACTERS = _rule(
    "DC339",
    "code-characters",
    "A code string has a character that is invalid in code strings.",
    "Code strings contain capitals, digits, blanks and underscores (PS3.5 6.2). deidc writes the value as given; "
    "strict readers refuse such objects.",
    _HEAD + "REPLACE Modality CT-SPECIAL\n",
    _HEAD + "REPLACE Modality OT\n",
    Severity.WARNING,
)
GUARD_NEVER = _rule(
    "DC340",
    "guard-never-holds",
    "A guard holds for no object.",
    "The rules behind it never act, and what they should remove stays in every file. Conditions joined by `and` must "
    "hold at once for one value; a guard of %header and that of a rule must both hold.",
    _HEAD + "REMOVE StudyID when Rows > 512 and Rows < 256\n",
    _HEAD + "REMOVE StudyID when Rows > 512 or Rows < 256\n",
)
NOT_COMPARABLE = _rule(
    "DC341",
    "not-comparable",
    "A guard orders values that have no order, or compares them with a value of another kind.",
    "Numbers are compared with numbers, dates with dates, times with times and ages with ages. Other attributes hold "
    "text or UIDs, for which equals and contains are meant.",
    _HEAD + "REMOVE StudyID when StudyDate < January\n",
    _HEAD + "REMOVE StudyID when StudyDate < 20200101\n",
)
PRIVATE_BY_NAME = _rule(
    "DC350",
    "private-by-name",
    "A pattern selects private elements by a general name.",
    "Only private elements that the dictionary does not know are called Private tag data. Those of known devices have "
    "names of their own, and stay in every file. Write select:private.",
    _HEAD + "REMOVE startswith:Private\n",
    _HEAD + "REMOVE select:private\n",
    Severity.WARNING,
    stops_run=True,
)

"""DC3xx: a value, pattern or amount that does not fit where it is to go."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"
_FILTER = "FORMAT dicom\n\n%filter blacklist\n\nLABEL screenshots\n"


def _rule(code: str, name: str, title: str, why: str, bad: str, good: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(code, name, severity, title, why, bad, good)


LITERAL_UNFIT = _rule(
    "DC301",
    "literal-unfit",
    "A literal is no value of the attribute's VR.",
    "The file would hold a value that no reader understands. deid 0.4.13 writes it, or keeps the original where it "
    "cannot.",
    _HEAD + "REPLACE StudyDate date_shift\n",
    _HEAD + "REPLACE StudyDate 19000101\n",
)
LITERAL_TOO_LONG = _rule(
    "DC302",
    "literal-too-long",
    "A literal is longer than the attribute's VR allows.",
    "Systems that receive the file cut the value, or refuse the file.",
    _HEAD + "REPLACE AccessionNumber removed-by-the-hospital\n",
    _HEAD + "REPLACE AccessionNumber removed\n",
)
CODE_CASE = _rule(
    "DC303",
    "code-case",
    "A code string is not in capitals.",
    "Code strings are capitals (PS3.5 6.2), and readers look for YES, not Yes. deidc writes capitals.",
    _HEAD + "ADD BurnedInAnnotation No\n",
    _HEAD + "ADD BurnedInAnnotation NO\n",
    Severity.WARNING,
)
TEXT_INTO_SEQUENCE = _rule(
    "DC304",
    "text-for-sequence",
    "Text is to be written to a sequence.",
    "A sequence holds items. deid 0.4.13 crashes when the attribute occurs. Name an attribute inside, as in "
    "Sequence__Attribute, or REMOVE or BLANK the sequence.",
    _HEAD + "REPLACE ContentSequence none\n",
    _HEAD + "BLANK ContentSequence\n",
)
JITTER_NO_DATE = _rule(
    "DC305",
    "jitter-no-date",
    "JITTER names an attribute that holds no date.",
    "Only DA and DT values can be shifted. deid 0.4.13 turns times and numbers into dates.",
    _HEAD + "JITTER StudyTime 5\n",
    _HEAD + "JITTER StudyDate 5\n",
)
JITTER_AMOUNT = _rule(
    "DC306",
    "jitter-amount",
    "The amount of JITTER is no whole number of days.",
    "deid 0.4.13 stops in the middle of a run.",
    _HEAD + "JITTER StudyDate 1.5\n",
    _HEAD + "JITTER StudyDate 1\n",
)
JITTER_ZERO = _rule(
    "DC307",
    "jitter-zero",
    "JITTER shifts by no days.",
    "The real dates stay in every file, although a rule seems to shift them.",
    _HEAD + "JITTER StudyDate 0\n",
    _HEAD + "JITTER StudyDate 31\n",
    Severity.WARNING,
)
ADD_TO_MANY = _rule(
    "DC308",
    "add-to-many",
    "ADD names more than one attribute.",
    "Which attributes are to be made is not known. deid 0.4.13 stops with an error. REPLACE changes those that exist.",
    _HEAD + "ADD endswith:Date 19000101\n",
    _HEAD + "REPLACE select:VR:DA 19000101\n",
)
ADD_UNKNOWN = _rule(
    "DC309",
    "add-unknown",
    "ADD names an attribute whose VR is not known.",
    'A private element needs its creator, written (gggg,"CREATOR",ee); a public tag that the dictionary lacks '
    "cannot be made.",
    _HEAD + "ADD (0009,1001) x\n",
    _HEAD + 'ADD (0009,"ACME",01) x\n',
)
MANY_INTO_ONE = _rule(
    "DC310",
    "many-into-one",
    "A literal has several values, and the attribute holds one.",
    "A backslash parts values. Readers take the first, or none.",
    _HEAD + "REPLACE PatientID A\\B\n",
    _HEAD + "REPLACE PatientID A-B\n",
    Severity.WARNING,
)
SHORT_PARTS = _rule(
    "DC311",
    "short-parts",
    "SPLIT takes parts of one character.",
    "Initials are found everywhere, and rules that use the list change attributes that have nothing to do with the "
    "patient. Say how many characters a part must have.",
    'FORMAT dicom\n\n%values names\nSPLIT PatientName by="^"\n\n%header\nREMOVE values:names\n',
    'FORMAT dicom\n\n%values names\nSPLIT PatientName by="^";minlength=2\n\n%header\nREMOVE values:names\n',
    Severity.WARNING,
)
COMMON_VALUES = _rule(
    "DC312",
    "common-values",
    "A list collects an attribute that has few different values.",
    "Sex, modality or laterality of one patient is found in attributes of all; rules that use the list change them.",
    "FORMAT dicom\n\n%values sex\nFIELD PatientSex\n\n%header\nREMOVE values:sex\n",
    "FORMAT dicom\n\n%values ids\nFIELD PatientID\n\n%header\nREMOVE values:ids\n",
    Severity.WARNING,
)
UUID_INTO_UID = _rule(
    "DC313",
    "uuid-into-uid",
    "A UUID is to be written where a UID belongs.",
    "A UUID has letters and hyphens and is no UID; the object would be refused.",
    _HEAD + "REPLACE SOPInstanceUID deid_func:basic_uuid\n",
    _HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n",
)
RANDOM_UID = _rule(
    "DC314",
    "random-uid",
    "A UID that groups or links objects is replaced by a random one.",
    "Each file gets another, so the images of a series fall apart and references point nowhere. Use "
    "deid_func:stable_uid with a key, or deid_func:pydicom_uuid.",
    _HEAD + "REPLACE StudyInstanceUID deid_func:dicom_uuid org_root=1.2.3\n",
    _HEAD + "REPLACE StudyInstanceUID deid_func:pydicom_uuid\n",
    Severity.WARNING,
)
BAD_ROOT = _rule(
    "DC315",
    "bad-root",
    "A UID root is no UID, or leaves no room behind it.",
    "The function would fail on the first file.",
    _HEAD + "REPLACE DeviceUID deid_func:dicom_uuid org_root=my-hospital\n",
    _HEAD + "REPLACE DeviceUID deid_func:dicom_uuid org_root=1.2.3\n",
)
SAME_UID = _rule(
    "DC316",
    "same-uid",
    "An instance UID is replaced by a literal.",
    "Every object gets the same UID. Archives take them for one object and keep the last.",
    _HEAD + "REPLACE SOPInstanceUID 1.2.3\n",
    _HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n",
    Severity.WARNING,
)
NOT_STABLE = _rule(
    "DC317",
    "not-stable",
    "stable_remapping=false means another thing to deid 0.4.13.",
    "deid 0.4.13 writes one and the same UID into every file then. deidc writes random ones, which fall apart as "
    "well where they group objects.",
    _HEAD + "REPLACE DeviceUID deid_func:pydicom_uuid stable_remapping=false\n",
    _HEAD + "REPLACE DeviceUID deid_func:pydicom_uuid\n",
    Severity.WARNING,
)
YEARS_ONLY = _rule(
    "DC318",
    "years-only",
    "jitter is given years and no days.",
    "deid 0.4.13 adds a day to them; deidc does not. Say days=0 to mean the same in both.",
    _HEAD + "REPLACE StudyDate deid_func:jitter years=1\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter years=1 days=0\n",
    Severity.WARNING,
)
ODD_DIGITS = _rule(
    "DC319",
    "odd-digits",
    "A pattern for odd groups forgets the hexadecimal digits B, D and F.",
    "Three of eight private groups stay. select:private means all of them.",
    _HEAD + "REMOVE contains:^.{3}[13579].{4}$\n",
    _HEAD + "REMOVE select:private\n",
    Severity.WARNING,
)
EMPTY_ALTERNATIVE = _rule(
    "DC320",
    "empty-alternative",
    "A pattern has an empty alternative.",
    "It fits everything, so the rule reaches every attribute: KEEP keeps names, REMOVE destroys the object, a label "
    "fires for all.",
    _HEAD + "KEEP contains:Comments|\n",
    _HEAD + "KEEP contains:Comments\n",
)
CAPITAL_ESCAPE = _rule(
    "DC321",
    "capital-escape",
    "A pattern has an escape with a capital letter.",
    r"deid 0.4.13 lower-cases patterns, so \D means \d there. deidc reads it as written; the two select different "
    "attributes.",
    _HEAD + "REMOVE contains:Patient\\D+ID\n",
    _HEAD + "REMOVE contains:Patient[^0-9]+ID\n",
    Severity.WARNING,
)
PATTERN_FITS_NOTHING = _rule(
    "DC322",
    "pattern-fits-nothing",
    "A pattern fits no attribute of the dictionary.",
    "The rule does nothing on public attributes, and what was meant stays.",
    _HEAD + "REMOVE startswith:Pacient\n",
    _HEAD + "REMOVE startswith:Patient\n",
    Severity.WARNING,
)
ALTERNATION_IN_EQUALS = _rule(
    "DC323",
    "alternation-in-equals",
    "equals compares with text that has a | in it.",
    "equals knows no patterns: equals Rows 600|768 is never true, and the label never fires.",
    _FILTER + "  equals Modality CT|MR\n",
    _FILTER + "  contains Modality ^(CT|MR)$\n",
    Severity.WARNING,
)
PLUS_IN_PATTERN = _rule(
    "DC324",
    "plus-in-pattern",
    "A + between words of a pattern repeats the letter before it.",
    "contains ImageType DERIVED+SECONDARY looks for DERIVEDSECONDARY and never fires. Write two criteria joined by "
    "a + with blanks around.",
    _FILTER + "  contains ImageType DERIVED+SECONDARY\n",
    _FILTER + "  contains ImageType DERIVED + contains ImageType SECONDARY\n",
    Severity.WARNING,
)
NOT_A_TERM = _rule(
    "DC325",
    "not-a-term",
    "A criterion compares an attribute with a value that it never has.",
    "The label never fires. Modality has codes of two letters (MR, PT), numbers are compared with numbers.",
    _FILTER + "  equals Modality MRI\n",
    _FILTER + "  equals Modality MR\n",
    Severity.WARNING,
)
ONLY_NESTED = _rule(
    "DC326",
    "only-nested",
    "A criterion asks the top level for an attribute that occurs in items only.",
    "The label never fires. Name the sequence: Sequence__Attribute.",
    _FILTER + "  contains CodeMeaning screenshot\n",
    _FILTER + "  contains ConceptNameCodeSequence__CodeMeaning screenshot\n",
    Severity.WARNING,
)
CHARACTER_SET = _rule(
    "DC327",
    "character-set",
    "Specific Character Set is to be something other than ISO_IR 192.",
    "Text in the object would be read with other letters than it was written with. An object can be promoted to "
    "ISO_IR 192 (UTF-8), which holds all letters; deidc encodes the texts anew then.",
    _HEAD + 'REPLACE SpecificCharacterSet "ISO_IR 100"\n',
    _HEAD + 'REPLACE SpecificCharacterSet "ISO_IR 192"\n',
)

VARIABLE_UNFIT = _rule(
    "DC328",
    "variable-unfit",
    "A variable is of a type that the attribute cannot hold.",
    "Every object that has the attribute would be refused. A date is no UID, a number is no time, a table is no "
    "value, and the days of JITTER are a whole number.",
    "FORMAT dicom\n\n%vars\nVAR day date\n\n%header\nREPLACE StudyInstanceUID var:day\n",
    "FORMAT dicom\n\n%vars\nVAR day date\n\n%header\nREPLACE StudyDate var:day\n",
)
FUNCTION_UNFIT = _rule(
    "DC329",
    "function-unfit",
    "A built-in function makes what the attribute cannot hold.",
    "Every object that has the attribute would be refused, or a number of days would stand where a date belongs.",
    _HEAD + "REPLACE StudyDate deid_func:stable_hash key=var:key\n",
    _HEAD + "REPLACE StudyDate deid_func:truncate_date\n",
)
SECRET_WRITTEN = _rule(
    "DC330",
    "secret-written",
    "A secret is written into files.",
    "Whoever receives one file has the key, and can undo every pseudonym that was made with it.",
    "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREPLACE PatientID var:key\n",
    "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREPLACE PatientID deid_func:stable_hash key=var:key\n",
)
WHOLE_TAG = _rule(
    "DC331",
    "whole-tag-pattern",
    "A pattern over tags stands for curves or overlays.",
    "Such patterns are easily wrong by a digit, and then annotations with the patient's name stay. select:curve and "
    "select:overlay mean these elements.",
    _HEAD + "REMOVE contains:^\\(50.{2},.{4}\\)$\n",
    _HEAD + "REMOVE select:curve\n",
    Severity.NOTE,
)
FITS_EVERYTHING = _rule(
    "DC332",
    "fits-everything",
    "A pattern fits every attribute.",
    "The rule reaches all that is in the object, and destroys what was to be shared. Write all if that is meant.",
    _HEAD + "BLANK contains:[a-z]* if contains:Smith\n",
    _HEAD + "BLANK all if contains:Smith\n",
    Severity.WARNING,
)
DIGITS_ANYWHERE = _rule(
    "DC333",
    "digits-anywhere",
    "A pattern of four digits is searched for in tags.",
    "It fits groups, elements, and even the end of a group with the beginning of an element: contains:8103 fits "
    "(0008,103E). Attributes are lost that nobody thought of.",
    _HEAD + "REMOVE contains:0040\n",
    _HEAD + "REMOVE select:group:0040\n",
    Severity.WARNING,
)
BEYOND_ASCII = _rule(
    "DC334",
    "beyond-ascii",
    "A literal has letters that not every character set has.",
    "An object whose Specific Character Set lacks them is refused. Promote objects to ISO_IR 192, which has all.",
    _HEAD + "REPLACE PatientName Müller\n",
    _HEAD + 'REPLACE SpecificCharacterSet "ISO_IR 192"\nREPLACE PatientName Müller\n',
    Severity.WARNING,
)
SLOW_PATTERN = _rule(
    "DC335",
    "slow-pattern",
    "A pattern fits some texts in too many ways.",
    "What is repeated without limit can be parted in ever more ways, or three repetitions of the same stand side by "
    "side. Searching for it can take longer than anybody waits, on the one value that nearly fits; the run stands "
    "still and files stay undone.",
    _HEAD + "REMOVE contains:(Patient[A-Z]*)*ID$\n",
    _HEAD + "REMOVE contains:Patient[A-Z]*ID$\n",
    Severity.WARNING,
)
REGIONS_NO_SEQUENCE = _rule(
    "DC336",
    "regions-no-sequence",
    "from: names an attribute that is no sequence.",
    "There are no regions in it, so nothing is blanked, and text burned into the pixels stays.",
    _FILTER + "  contains Modality US\n  coordinates from:Rows\n",
    _FILTER + "  contains Modality US\n  coordinates from:SequenceOfUltrasoundRegions\n",
)
CONDITION_NEVER = _rule(
    "DC337",
    "condition-never-holds",
    "The conditions of a rule cannot hold.",
    "The rule never acts, and what it was to remove stays in every file.",
    _HEAD + "REMOVE StudyDate equals:2020-01-01\n",
    _HEAD + "REMOVE StudyDate equals:20200101\n",
    Severity.WARNING,
)
NOTHING_TO_DERIVE = _rule(
    "DC338",
    "nothing-to-derive",
    "ADD with a function that makes its result from the element's own value.",
    "In an object that lacks the attribute there is nothing to make it from, and it is added empty.",
    _HEAD + "ADD DeviceUID deid_func:pydicom_uuid\n",
    _HEAD + "REPLACE DeviceUID deid_func:pydicom_uuid\n",
    Severity.WARNING,
)
CODE_CHARACTERS = _rule(
    "DC339",
    "code-characters",
    "A code string has a character that code strings do not have.",
    "Code strings have capitals, digits, blanks and underscores (PS3.5 6.2). deidc writes what is told; strict "
    "readers refuse such objects.",
    _HEAD + "REPLACE Modality CT-SPECIAL\n",
    _HEAD + "REPLACE Modality OT\n",
    Severity.WARNING,
)

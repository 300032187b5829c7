"""DC1xx: what a line says cannot be read, or was not meant to be read as it stands."""

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


UNKNOWN_LINE = _rule(
    "DC101",
    "unknown-line",
    "A line is not a statement of the language.",
    "A line that is not understood has no effect, and the attribute it should have removed stays in every file. deid "
    "0.4.13 skips such a line with a warning that is easily missed.",
    _HEAD + "DELETE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
ACTION_CASE = _rule(
    "DC102",
    "action-case",
    "An action word is not in capitals.",
    "deidc reads `remove` as REMOVE. deid 0.4.13 silently drops such a line, so a recipe that is used with both "
    "tools leaks with deid. Write action words in capitals.",
    _HEAD + "remove PatientName\n",
    _HEAD + "REMOVE PatientName\n",
    Severity.WARNING,
)
MISPLACED = _rule(
    "DC103",
    "misplaced",
    "A statement is outside a section of its kind.",
    "An action outside %header, a list line outside %values or %fields, or a criterion outside a LABEL is never "
    "executed. Move the line into the right section.",
    "FORMAT dicom\n\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
UNKNOWN_SECTION = _rule(
    "DC104",
    "unknown-section",
    "No section has this name.",
    "Lines in an unknown section are never executed. The sections are %header, %labels, %values, %fields, %filter, "
    "%pixels, %vars and %include.",
    "FORMAT dicom\n\n%headers\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
SECTION_NEEDS_NAME = _rule(
    "DC105",
    "section-needs-name",
    "A %values, %fields or %filter section has no name.",
    "Without a name, no rule can refer to the list, so the values it collects are never removed.",
    "FORMAT dicom\n\n%fields\nFIELD PatientName\n",
    "FORMAT dicom\n\n%fields names\nFIELD PatientName\n\n%header\nREMOVE fields:names\n",
)
SECTION_TAKES_NO_NAME = _rule(
    "DC106",
    "section-takes-no-name",
    "A %header, %labels or %vars section has a name.",
    "The name has no meaning here. deid 0.4.13 crashes on it. Remove the name.",
    "FORMAT dicom\n\n%header patients\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
MISSING_TARGET = _rule(
    "DC107",
    "missing-target",
    "A statement names no elements.",
    "The line has no effect, and the attribute it should have changed stays in every file. Name an attribute, a tag "
    "or a selector.",
    _HEAD + "REMOVE\n",
    _HEAD + "REMOVE PatientName\n",
)
MISSING_VALUE = _rule(
    "DC108",
    "missing-value",
    "ADD, REPLACE or JITTER has no value.",
    'The value to write is unknown. Write BLANK to empty an element, or "" to write an empty value.',
    _HEAD + "REPLACE PatientID\n",
    _HEAD + "BLANK PatientID\n",
)
SURPLUS_WORDS = _rule(
    "DC109",
    "surplus-words",
    "A statement has more words than it can use.",
    "deid 0.4.13 ignores the extra words. They are often half of another statement, or part of a target with a blank "
    "in it; then the intended element is not changed.",
    _HEAD + "KEEP StudyDate SeriesDate\n",
    _HEAD + "KEEP StudyDate\nKEEP SeriesDate\n",
)
OPEN_QUOTE = _rule(
    "DC110",
    "open-quote",
    "A quotation mark is not closed.",
    "The end of the value is unknown. deid 0.4.13 deletes the mark and continues. Close the quotation mark.",
    _HEAD + 'REPLACE PatientName "Anonymous Patient\n',
    _HEAD + 'REPLACE PatientName "Anonymous Patient"\n',
)
BAD_TAG = _rule(
    "DC111",
    "bad-tag",
    "A tag is not well formed.",
    "A tag that is not understood selects nothing, so the element stays in every file. Write tags as (0010,0020).",
    _HEAD + "REMOVE [0010,0020]\n",
    _HEAD + "REMOVE (0010,0020)\n",
)
UNKNOWN_SELECTOR = _rule(
    "DC112",
    "unknown-selector",
    "No selector has this name.",
    "In deid 0.4.13 an unknown selector silently selects nothing, and the attribute it should have removed stays. "
    "The selectors are contains: startswith: endswith: except: select:VR: select:group: select:private "
    "select:overlay select:curve values: and fields:.",
    _HEAD + "REMOVE begins:Patient\n",
    _HEAD + "REMOVE startswith:Patient\n",
)
MISSING_FORMAT = _rule(
    "DC113",
    "missing-format",
    "The recipe does not begin with FORMAT dicom.",
    "deid 0.4.13 crashes without this line. If it is missing, the file is often not a recipe at all.",
    "%header\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
UNKNOWN_FORMAT = _rule(
    "DC114",
    "unknown-format",
    "No format has this name.",
    "Rules for DICOM attributes have no meaning for other files. The only format is dicom.",
    "FORMAT nifti\n\n%header\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
REPEATED_FORMAT = _rule(
    "DC115",
    "repeated-format",
    "FORMAT is declared more than once.",
    "The last declaration counts. Two recipes were probably pasted together, and one of them is not intended.",
    "FORMAT dicom\nFORMAT dicom\n\n%header\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
    Severity.WARNING,
)
BAD_PATTERN = _rule(
    "DC116",
    "bad-pattern",
    "A regular expression does not compile.",
    "The rule can select nothing. deid 0.4.13 stops in the middle of a run.",
    _HEAD + "REMOVE contains:Patient(\n",
    _HEAD + "REMOVE contains:Patient\n",
)
BAD_VR = _rule(
    "DC117",
    "bad-vr",
    "A value representation does not exist.",
    "The rule can select nothing, and the attribute it should have removed stays in every file.",
    _HEAD + "REMOVE select:VR:XX\n",
    _HEAD + "REMOVE select:VR:PN\n",
)
BAD_GROUP = _rule(
    "DC118",
    "bad-group",
    "A group is not one to four hexadecimal digits.",
    "The rule can select nothing. deid 0.4.13 stops in the middle of a run.",
    _HEAD + "REMOVE select:group:zz\n",
    _HEAD + "REMOVE select:group:0010\n",
)
BAD_CONDITION = _rule(
    "DC119",
    "bad-condition",
    "The words after the target of REMOVE or BLANK are not a condition.",
    "deid 0.4.13 takes any text there for a condition that is true, except that for numbers it may be false: "
    "REMOVE Rows YES keeps Rows. Conditions are contains: notcontains: equals: notequals: missing: present: empty: "
    "values: var: func: and deid_func:.",
    _HEAD + "REMOVE PatientName YES\n",
    _HEAD + "REMOVE PatientName\n",
)
LIKE_A_REFERENCE = _rule(
    "DC120",
    "like-a-reference",
    "A value looks like a misspelt reference to a variable or function.",
    "The text itself is written into every file: vr:id in place of each patient's number. Correct the spelling of "
    "the reference.",
    _HEAD + "REPLACE PatientID vr:id\n",
    _HEAD + "REPLACE PatientID var:id\n",
)
QUOTED_REFERENCE = _rule(
    "DC121",
    "quoted-reference",
    "A reference to a variable or function is in quotation marks.",
    "Quotation marks make it text, and that text is written into every file; every UID becomes the same. Remove the "
    "quotation marks.",
    _HEAD + 'REPLACE PatientID "var:id"\n',
    _HEAD + "REPLACE PatientID var:id\n",
    Severity.WARNING,
    stops_run=True,
)
QUOTES_INSIDE = _rule(
    "DC122",
    "quotes-inside",
    "Quotation marks inside a value are written to the file.",
    "Only a value that is quoted as a whole loses its quotation marks.",
    _HEAD + 'REPLACE StudyDescription the "quiet" study\n',
    _HEAD + "REPLACE StudyDescription the quiet study\n",
    Severity.WARNING,
)
UNKNOWN_CRITERION = _rule(
    "DC123",
    "unknown-criterion",
    "No criterion or region has this name.",
    "Without it, the label flags more or fewer images than intended, and text in pixels stays. The criteria are "
    "contains notcontains equals notequals missing present empty; the regions are coordinates keepcoordinates "
    "ctpcoordinates ctpkeepcoordinates.",
    _FILTER + "  contain Modality OT\n",
    _FILTER + "  contains Modality OT\n",
)
CRITERION_VALUE = _rule(
    "DC124",
    "criterion-value",
    "A criterion has no value, or a value that it cannot use.",
    "contains, notcontains, equals and notequals need a value; missing, present and empty take none. In deid 0.4.13 "
    "the values of the line then move to the wrong criterion.",
    _FILTER + "  contains Modality\n",
    _FILTER + "  contains Modality OT\n",
)
BAD_REGION = _rule(
    "DC125",
    "bad-region",
    "A region is not four whole numbers, all, ocr, or from: a sequence.",
    "Text burned into the pixels of the region stays. deid 0.4.13 notices only when an image is cleaned.",
    _FILTER + "  contains Modality OT\n  coordinates 0,0,10\n",
    _FILTER + "  contains Modality OT\n  coordinates 0,0,10,20\n",
)
EMPTY_REGION = _rule(
    "DC126",
    "empty-region",
    "A rectangle is inverted or has no area.",
    "It blanks nothing, and text burned into the pixels stays. coordinates are x0,y0,x1,y1; ctpcoordinates are "
    "x,y,width,height.",
    _FILTER + "  contains Modality OT\n  coordinates 632,765,171,57\n",
    _FILTER + "  contains Modality OT\n  ctpcoordinates 632,765,171,57\n",
)
BAD_SPLIT = _rule(
    "DC127",
    "bad-split",
    "A parameter of SPLIT is not understood.",
    'The parameters are by="x" and minlength=n, separated by a semicolon.',
    'FORMAT dicom\n\n%values names\nSPLIT PatientName by="^";every=2;minlength=4\n\n%header\nREMOVE values:names\n',
    'FORMAT dicom\n\n%values names\nSPLIT PatientName by="^";minlength=4\n\n%header\nREMOVE values:names\n',
)
INVISIBLE = _rule(
    "DC128",
    "invisible-character",
    "A line contains an invisible character.",
    "A keyword with a zero-width space in it selects nothing, and the cause cannot be seen. deidc reads the line "
    "without the character. Remove the character.",
    _HEAD + "REMOVE Patient\u200bName\n",
    _HEAD + "REMOVE PatientName\n",
    Severity.WARNING,
)
NOT_UTF8 = _rule(
    "DC129",
    "not-utf-8",
    "The recipe is not encoded in UTF-8.",
    "A value with an accent would be written with the wrong letters. Save the file as UTF-8.",
    "",
    "",
)
CONTROL_CHARACTER = _rule(
    "DC130",
    "control-character",
    "A line contains a control character.",
    "The file is not text, or it was damaged in transfer.",
    _HEAD + "REMOVE Patient\u0000Name\n",
    _HEAD + "REMOVE PatientName\n",
)
BAD_ARGUMENT = _rule(
    "DC131",
    "bad-argument",
    "An argument of a function is not key=value.",
    "deid 0.4.13 ignores the argument, or looks for a function with a blank in its name, finds none, and keeps the "
    "original value.",
    _HEAD + "REPLACE StudyDate deid_func:jitter 5\n",
    _HEAD + "REPLACE StudyDate deid_func:jitter days=5\n",
)
BAD_DECLARATION = _rule(
    "DC132",
    "bad-declaration",
    "A declaration of a variable is not understood.",
    "A declaration is VAR name [type] [default=value]; the types are text int number date uid secret table.",
    "FORMAT dicom\n\n%vars\nVAR id string\n\n%header\nREPLACE PatientID var:id\n",
    "FORMAT dicom\n\n%vars\nVAR id text\n\n%header\nREPLACE PatientID var:id\n",
)
BAD_INCLUDE = _rule(
    "DC133",
    "bad-include",
    "An %include line is not understood.",
    'The line is %include "recipe", optionally followed by sha256: and 64 hexadecimal digits.',
    "FORMAT dicom\n\n%include\n\n%header\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
BAD_REFERENCE = _rule(
    "DC134",
    "bad-reference",
    "A reference has more words than a name.",
    "deid 0.4.13 looks for a variable or function with a blank in its name, finds none, and keeps the original value.",
    _HEAD + "REPLACE PatientID var:patient id\n",
    _HEAD + "REPLACE PatientID var:patient_id\n",
)
BARE_OPERATOR = _rule(
    "DC135",
    "bare-operator",
    "An operator is not followed by a criterion.",
    "The words after + or || are read as part of the value: contains Modality CT || MR is a pattern with an empty "
    "alternative in deid 0.4.13, which is always true.",
    _FILTER + "  contains Modality CT || MR\n",
    _FILTER + "  contains Modality CT|MR\n",
    Severity.WARNING,
    stops_run=True,
)
BAD_POLICY = _rule(
    "DC136",
    "bad-policy",
    "A line of %pixels is not a policy or a way to store frames.",
    "The lines are PASS, CLEAN, FLAG, QUARANTINE or FINAL with the name of a %filter, and STORE with same-or-native, "
    "same or native. If the line is lost, objects that should be held for review are passed on.",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n  coordinates all\n\n%pixels\n"
    "REJECT graylist\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains Modality OT\n  coordinates all\n\n%pixels\n"
    "QUARANTINE graylist\n",
)
KEPT_TEXT = _rule(
    "DC137",
    "kept-text",
    "A region keeps text that a detector finds in the pixels.",
    "A detector finds regions to blank. They contain text that may name the patient, and often some regions without "
    "text, so they cannot be kept. Write coordinates ocr.",
    _FILTER + "  contains Modality OT\n  coordinates all\n  keepcoordinates ocr\n",
    _FILTER + "  contains Modality OT\n  coordinates ocr\n",
)
BAD_GUARD = _rule(
    "DC138",
    "bad-guard",
    "The words after `when` are not a condition on the object.",
    "Write an attribute, an operator and, for most operators, a value; more of them are joined by `and` or by `or`. "
    "Operators are equals notequals contains notcontains = != < <= > >= with a value, and present missing empty "
    "without one. A value with blanks is quoted.",
    _HEAD + "REMOVE StudyID when Modality is CT\n",
    _HEAD + "REMOVE StudyID when Modality equals CT\n",
)
MIXED_GUARD = _rule(
    "DC139",
    "mixed-guard",
    "A guard mixes `and` with `or`.",
    "Readers disagree on which of them binds more tightly, and the wrong one leaves data in files. Write two rules, "
    "or put one of the conditions behind %header.",
    _HEAD + "REMOVE StudyID when Modality equals CT or Modality equals MR and Rows >= 512\n",
    "FORMAT dicom\n\n%header when Rows >= 512\nREMOVE StudyID when Modality equals CT or Modality equals MR\n",
)
TEXT_LIKE_GUARD = _rule(
    "DC140",
    "text-like-guard",
    "Unquoted text has `when` and an attribute in it, but is not a condition.",
    "The words are written into every file, and the rule acts on every object. A condition has an operator behind the "
    "attribute, and stands behind the value. Quote the text if it is meant as text.",
    _HEAD + "REPLACE StudyDescription none when Modality is CT\n",
    _HEAD + "REPLACE StudyDescription none when Modality equals CT\n",
)
DESCEND_CONTRADICTED = _rule(
    "DC141",
    "descend-contradicted",
    "DESCEND and another rule of the same text name the same sequence.",
    "DESCEND leaves the sequence in place, so the other rule has no effect on it; and KEEP would keep its items, which "
    "DESCEND lets other rules reach. Only one of the two can be meant.",
    _HEAD + "DESCEND ReferencedStudySequence\nREMOVE ReferencedStudySequence\n",
    _HEAD + "DESCEND ReferencedStudySequence\nREMOVE ReferencedStudySequence__ReferencedSOPInstanceUID\n",
)
STRAY_BRACE = _rule(
    "DC144",
    "stray-brace",
    "Quoted text has a brace without a name.",
    "Braces in quoted text hold the name of an attribute or of a variable, whose value is written. For a brace itself, "
    "write it twice.",
    _HEAD + 'REPLACE StudyDescription "study {"\n',
    _HEAD + 'REPLACE StudyDescription "study {{"\n',
)
BAD_NAME_IN_BRACES = _rule(
    "DC145",
    "bad-name-in-braces",
    "Braces in quoted text hold something other than a name.",
    "A name in braces is an attribute by keyword, tag or path, or var: and the name of a variable. For braces "
    "themselves, write them twice.",
    _HEAD + 'REPLACE PatientID "{site number}-1"\n',
    _HEAD + 'REPLACE PatientID "{var:site_number}-1"\n',
)
BAD_CODE = _rule(
    "DC146",
    "bad-code",
    "The words after code: are not a code.",
    "A code has a value, the designator of its coding scheme, and a quoted meaning (PS3.3 section 8). The version of "
    "the scheme may follow its designator in brackets.",
    _HEAD + "APPEND DeidentificationMethodCodeSequence code:113100,DCM\n",
    _HEAD
    + "APPEND DeidentificationMethodCodeSequence "
    + 'code:113100,DCM,"Basic Application Confidentiality Profile"\n',
)
UNQUOTED_NAME = _rule(
    "DC147",
    "unquoted-name",
    "A name in braces stands in unquoted text.",
    "Names in braces stand for values only in quoted text. Here the braces and the name are written into every file.",
    _HEAD + "REPLACE StudyDescription {Modality}-study\n",
    _HEAD + 'REPLACE StudyDescription "{Modality}-study"\n',
    Severity.WARNING,
    stops_run=True,
)
BAD_ROLE = _rule(
    "DC150",
    "bad-role",
    "select:role: is not followed by a role.",
    "The roles are uid, date, time, person and identifier. The dictionary gives an attribute its role, whatever VR a "
    "file gives it.",
    _HEAD + "REMOVE select:role:name\n",
    _HEAD + "REMOVE select:role:person\n",
)
BAD_EXCEPTION = _rule(
    "DC151",
    "bad-exception",
    "An exception is not understood, or stands behind a single attribute.",
    "except: follows a target that selects many attributes. Behind it stand keywords, tags, contains:, startswith:, "
    "endswith: and select:, separated by commas without blanks. Lists, paths and item numbers cannot be exceptions: "
    "write a KEEP rule for them.",
    _HEAD + "REMOVE select:VR:DA|DT except:fields:dates\n",
    _HEAD + "REMOVE select:VR:CS except:Modality,startswith:Image\n",
)

"""DC4xx: rules that cannot act, undo each other, or leave or destroy what the author did not think of."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"
_STAMPS = "ADD PatientIdentityRemoved YES\nADD DeidentificationMethod site profile 1\n"
_PERSONS = "REMOVE select:group:0010\nREMOVE select:VR:PN\nREMOVE contains:^Institution\nBLANK AccessionNumber\n"
_UIDS = "REPLACE contains:(Study|Series|SOP)InstanceUID$ deid_func:stable_uid key=var:key\n"
_PRIVATE = "REMOVE select:private\n"
_SHIFTED = "ADD LongitudinalTemporalInformationModified MODIFIED\n"
# A recipe that promises to remove identity, and keeps the promise.
_CLAIM = _HEAD + _STAMPS + _PERSONS + _PRIVATE
_FILTER = "FORMAT dicom\n\n%filter blacklist\n\nLABEL screenshots\n"


def _rule(
    code: str, name: str, title: str, why: str, bad: str, good: str, severity: Severity = Severity.WARNING
) -> Rule:
    return Rule(code, name, severity, title, why, bad, good)


COMMENT_BEHIND_RULE = _rule(
    "DC401",
    "comment-behind-rule",
    "A comment stands behind a statement that deid 0.4.13 does not execute as written then.",
    "deid takes the comment for a condition, a name or a value, and leaves the attribute as it is, or the image "
    "unflagged, without a word. deidc does what is meant. Put the comment on a line of its own, so that the recipe "
    "is safe with both.",
    _HEAD + "REMOVE PatientName  # direct identifier\n",
    _HEAD + "# direct identifier\nREMOVE PatientName\n",
)
KEPT = _rule(
    "DC402",
    "kept",
    "A rule acts on an attribute that KEEP keeps.",
    "KEEP beats every rule but ADD, wherever it stands. The attribute stays in every file as it is.",
    _HEAD + "KEEP StudyID\nREPLACE StudyID var:id\n",
    _HEAD + "REPLACE StudyID var:id\n",
)
SPARED = _rule(
    "DC403",
    "spared",
    "A REMOVE never acts, because another rule rewrites the attribute.",
    "REPLACE and JITTER hold off REMOVE, wherever they stand. What was to go stays, in another form: a shifted date "
    "of birth, say.",
    _HEAD + "REMOVE StudyID\nREPLACE StudyID none\n",
    _HEAD + "REPLACE StudyID none\n",
)
DOUBLED = _rule(
    "DC404",
    "doubled",
    "A rule is written twice.",
    "The second does nothing. Most often another attribute was meant, and that one stays.",
    _HEAD + "REMOVE PatientName\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
CONTRADICTION = _rule(
    "DC405",
    "contradiction",
    "Two rules do different things to one attribute.",
    "Only the outcome of one is seen, and it may be the weaker: a value where nothing was to be left.",
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
    "The value of the earlier rule is in no file, so a pseudonym that was to link a patient's files is lost.",
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
    _CLAIM + _SHIFTED + "JITTER select:VR:DA|DT 31\n",
    _CLAIM + _SHIFTED + "JITTER select:VR:DA|DT var:shift\n",
    Severity.NOTE,
)
CASE_DOUBLE = _rule(
    "DC417",
    "case-double",
    "Two patterns differ in capitals only.",
    "Patterns ignore case, so the second rule does nothing. If another pattern was meant, what it fits stays.",
    _HEAD + "REMOVE endswith:Comments\nREMOVE endswith:comments\n",
    _HEAD + "REMOVE endswith:Comments\n",
)
UNKEYED_UID = _rule(
    "DC418",
    "unkeyed-uid",
    "UIDs are made from an unkeyed hash of the original.",
    "Whoever knows an original UID can compute the new one and link the two (PS3.15 E.1.1). "
    "deid_func:stable_uid takes a key.",
    _CLAIM + "REPLACE FrameOfReferenceUID deid_func:pydicom_uuid\n",
    _CLAIM + "REPLACE FrameOfReferenceUID deid_func:stable_uid key=var:key\n",
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
    "Rules act in the order of the file; what was added, often what says how the file was de-identified, is in no "
    "file.",
    _HEAD + "ADD StudyID none\nREMOVE StudyID\n",
    _HEAD + "REMOVE StudyID\nADD StudyID none\n",
)
LIST_AFTER_REMOVE = _rule(
    "DC421",
    "list-after-remove",
    "A rule comes through a list to attributes that REMOVE takes away.",
    "Only rules that name attributes or patterns hold off REMOVE, as in deid 0.4.13; the elements are gone, and "
    "with them the pseudonyms that were to stand there.",
    "FORMAT dicom\n\n%fields ids\nFIELD PatientID\n\n%header\nREMOVE startswith:Patient\nREPLACE fields:ids none\n",
    "FORMAT dicom\n\n%fields ids\nFIELD PatientID\n\n%header\nREPLACE fields:ids none\n",
)
OR_LINE = _rule(
    "DC422",
    "or-line",
    "A line of criteria begins with ||.",
    "deid 0.4.13 ignores the operator and joins lines by AND, so its label fires less often, and images that should "
    "be held back pass. deidc does what is written.",
    _FILTER + "  contains Modality OT\n  || contains Modality XC\n",
    _FILTER + "  contains Modality OT || contains Modality XC\n",
)
BARE_LINE = _rule(
    "DC423",
    "bare-line",
    "A line of criteria begins without an operator.",
    "It is joined by AND, as deid 0.4.13 does; its documentation says OR. If OR was meant, images with text in their "
    "pixels pass. Begin it with + to mean AND.",
    _FILTER + "  contains Modality OT\n  contains Manufacturer ACME\n",
    _FILTER + "  contains Modality OT\n  + contains Manufacturer ACME\n",
)
NEVER_FIRES = _rule(
    "DC424",
    "never-fires",
    "The criteria of a label contradict each other.",
    "It never fires, and text burned into the pixels stays.",
    _FILTER + "  equals Modality OT\n  + equals Modality US\n",
    _FILTER + "  equals Modality OT || equals Modality US\n",
)
SAME_LABEL = _rule(
    "DC425",
    "same-label",
    "Two labels of a group have the same criteria.",
    "Most often one was copied and not finished, and the images that it was for are not flagged.",
    _FILTER + "  contains Modality OT\n\nLABEL others\n  contains Modality OT\n",
    _FILTER + "  contains Modality OT\n\nLABEL others\n  contains Modality XC\n",
)
NO_CRITERIA = _rule(
    "DC426",
    "no-criteria",
    "A label with regions has no criteria.",
    "It fires for every object, and its regions are blanked in every image, of whatever device.",
    _FILTER + "  coordinates 0,0,512,40\n",
    _FILTER + "  contains Modality OT\n  coordinates 0,0,512,40\n",
    Severity.NOTE,
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
    "PatientIdentityRemoved YES is a promise to whoever receives the files; they would share them with the name in.",
    _HEAD + _STAMPS + "REMOVE PatientID\n" + _PRIVATE,
    _CLAIM,
    Severity.NOTE,
)
IDENTITY_REMOVED = _rule(
    "DC429",
    "identity-removed",
    "PatientIdentityRemoved is neither YES nor NO.",
    "Readers know no other value (PS3.3 C.7.1.1), and take the files for identified, or refuse them.",
    _CLAIM.replace("Removed YES", "Removed TRUE"),
    _CLAIM,
)
SEQUENCE_GONE = _rule(
    "DC430",
    "sequence-gone",
    "A rule acts inside a sequence that another rule removes.",
    "Removing or emptying a sequence takes its items along, so the rule never acts, and what KEEP was to save is lost. "
    "KEEP of something inside does not keep the sequence.",
    _HEAD + "REMOVE RequestAttributesSequence\nREPLACE RequestAttributesSequence__AccessionNumber none\n",
    _HEAD + "REPLACE RequestAttributesSequence__AccessionNumber none\n",
)

EXCEPT_SPARES_MORE = _rule(
    "DC431",
    "except-spares-more",
    "except: spares more attributes than it names.",
    "Patterns fit parts of names: except:PatientID also spares OtherPatientIDs and IssuerOfPatientID, which stay in "
    "every file. Write except:^PatientID$.",
    _HEAD + "KEEP contains:UID$\nREMOVE except:PatientID\n",
    _HEAD + "KEEP contains:UID$\nREMOVE except:^PatientID$\n",
)
KEPT_AND_ADDED = _rule(
    "DC432",
    "kept-and-added",
    "One attribute is under KEEP and under ADD.",
    "ADD beats KEEP: the original, which was to stay, is overwritten in every file.",
    _HEAD + "KEEP StudyID\nADD StudyID none\n",
    _HEAD + "ADD StudyID none\n",
)
FOLLOWS_OBJECT = _rule(
    "DC433",
    "follows-object",
    "A rule is about file meta information that deidc makes itself.",
    "It names the same SOP Class and Instance as the object, which deid 0.4.13 forgets, so that the old UID stays in "
    "the file. The rule does nothing here.",
    _HEAD + "REPLACE MediaStorageSOPInstanceUID deid_func:pydicom_uuid\n",
    _HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n",
    Severity.NOTE,
)
LEAVES_PRIVATE = _rule(
    "DC434",
    "leaves-private",
    "A recipe says that identity is removed, and no rule is about private elements.",
    "Devices write names, numbers and dates of patients into private elements. Remove them, and keep by creator what "
    "is known to be safe (PS3.15 E.3.10).",
    _CLAIM.replace(_PRIVATE, ""),
    _CLAIM,
    Severity.NOTE,
)
LEAVES_UIDS = _rule(
    "DC435",
    "leaves-uids",
    "A recipe that says that identity is removed replaces some of the UIDs of study, series and object.",
    "Whoever has the original files, or the archive they came from, finds the patient by the one that is left "
    "(PS3.15 E.3.9).",
    _CLAIM + "REPLACE StudyInstanceUID deid_func:stable_uid key=var:key\n",
    _CLAIM + "REPLACE contains:(Study|Series|SOP)InstanceUID$ deid_func:stable_uid key=var:key\n",
    Severity.NOTE,
)
LEAVES_DATES = _rule(
    "DC436",
    "leaves-dates",
    "A recipe shifts some dates and leaves others of the same object.",
    "The date of a series is that of its study, so one date that is not shifted tells the real date and the shift.",
    _CLAIM + _SHIFTED + "JITTER StudyDate var:shift\n",
    _CLAIM + _SHIFTED + "JITTER select:VR:DA|DT var:shift\n",
    Severity.NOTE,
)
METHOD_UNTOLD = _rule(
    "DC437",
    "method-untold",
    "A recipe says that identity is removed, and not how.",
    "DeidentificationMethod or its code sequence belongs to the promise (PS3.3 C.7.1.1); without it nobody can tell "
    "what may still be in the file.",
    _CLAIM.replace("ADD DeidentificationMethod site profile 1\n", ""),
    _CLAIM,
    Severity.NOTE,
)
SHIFT_UNTOLD = _rule(
    "DC438",
    "shift-untold",
    "Dates are shifted, and the file does not say so.",
    "Readers take the dates for real ones, and compute with them across patients. PS3.15 E.3.6 wants "
    "LongitudinalTemporalInformationModified.",
    _CLAIM + "JITTER select:VR:DA|DT var:shift\n",
    _CLAIM + _SHIFTED + "JITTER select:VR:DA|DT var:shift\n",
    Severity.NOTE,
)
WHITELIST_EXEMPTS_NOTHING = _rule(
    "DC439",
    "whitelist-exempts-nothing",
    "A recipe has a whitelist beside other groups of labels.",
    "Labels are asked one by one: an object that a whitelist knows is held back all the same if a label of another "
    "group fires, unless %pixels says FINAL whitelist and the others come behind it. deid 0.4.13 reports whitelisted "
    "objects as flagged.",
    "FORMAT dicom\n\n%filter whitelist\n\nLABEL known\n  contains Modality CT\n\n%filter blacklist\n\n"
    "LABEL others\n  contains Modality OT\n",
    "FORMAT dicom\n\n%filter blacklist\n\nLABEL others\n  contains Modality OT\n",
    Severity.NOTE,
)
KEEP_IDLE = _rule(
    "DC440",
    "keep-idle",
    "A region is kept where nothing is blanked, or all of it, or before it is blanked.",
    "Regions are painted in the order of the lines. The picture that was to stay is lost, or the text that was to go "
    "stays in the pixels.",
    _FILTER + "  contains Modality US\n  keepcoordinates 0,40,512,512\n  coordinates all\n",
    _FILTER + "  contains Modality US\n  coordinates all\n  keepcoordinates 0,40,512,512\n",
)
EMPTY_LABEL = _rule(
    "DC441",
    "empty-label",
    "A label has neither criteria nor regions.",
    "It fires for every object, so every file is held back, most often because its lines were lost.",
    "FORMAT dicom\n\n%filter blacklist\n\nLABEL screenshots\n",
    _FILTER + "  contains Modality OT\n",
)
CLEAN_WITHOUT_REGIONS = _rule(
    "DC443",
    "clean-without-regions",
    "A group is to be cleaned, and a label of it blanks no region.",
    "Nobody knows where the text is in what such a label flags, so it is held back. A region is missing, or the label "
    "belongs in another group.",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains ImageType SCREEN\n\n%pixels\nCLEAN graylist\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains ImageType SCREEN\n  coordinates all\n\n%pixels\n"
    "CLEAN graylist\n",
    Severity.WARNING,
)
BLANKED_KEEPS_UID = _rule(
    "DC444",
    "blanked-keeps-uid",
    "Pixels are blanked, and no rule gives the image a new SOP Instance UID.",
    "An image with other pixels is a derived one, and has a UID of its own where that may matter to who reads it "
    "(PS3.3 C.7.6.1.1.2). With the old UID an archive takes it for the one it has, and keeps one of the two.",
    _HEAD + "REMOVE PatientName\n\n%filter graylist\n\nLABEL banner\n  equals Rows 600\n  coordinates 0,0,800,60\n",
    _HEAD + "REMOVE PatientName\nREPLACE SOPInstanceUID deid_func:pydicom_uuid\n\n%filter graylist\n\nLABEL banner\n"
    "  equals Rows 600\n  coordinates 0,0,800,60\n",
    Severity.NOTE,
)
KEPT_AGAIN = _rule(
    "DC445",
    "kept-again",
    "A label keeps what a label above it blanks.",
    "Regions of all labels that fire are painted one over the other, in the order of the recipe. Text that one label "
    "knows to be burned in stays in the pixels if another label keeps the place afterwards.",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL banner\n  equals Rows 600\n  coordinates 0,0,800,60\n\n"
    "LABEL around\n  equals Modality US\n  coordinates all\n  keepcoordinates 0,40,800,600\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL around\n  equals Modality US\n  coordinates all\n"
    "  keepcoordinates 0,40,800,600\n\nLABEL banner\n  equals Rows 600\n  coordinates 0,0,800,60\n",
    Severity.WARNING,
)
CLASS_UID_REPLACED = _rule(
    "DC442",
    "class-uid-replaced",
    "SOP Class UID is replaced.",
    "It says what kind of object the file is and names nobody. With another one no viewer or archive can read the "
    "patient's images.",
    _HEAD + "REPLACE contains:UID$ deid_func:pydicom_uuid\n",
    _HEAD + "KEEP SOPClassUID\nREPLACE contains:UID$ deid_func:pydicom_uuid\n",
)

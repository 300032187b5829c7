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
    code: str,
    name: str,
    title: str,
    why: str,
    bad: str,
    good: str,
    severity: Severity = Severity.WARNING,
    *,
    stops_run: bool = False,
    deid_defines: bool = False,
) -> Rule:
    return Rule(code, name, severity, title, why, bad, good, stops_run, deid_defines)


COMMENT_BEHIND_RULE = _rule(
    "DC401",
    "comment-behind-rule",
    "A comment follows a statement that deid 0.4.13 then does not execute as written.",
    "deid takes the comment for a condition, a name or a value, and silently leaves the attribute unchanged or the "
    "image unflagged. deidc ignores the comment. Put the comment on a line of its own, so that the recipe is safe "
    "with both.",
    _HEAD + "REMOVE PatientName  # direct identifier\n",
    _HEAD + "# direct identifier\nREMOVE PatientName\n",
)
KEPT = _rule(
    "DC402",
    "kept",
    "A rule acts on an attribute that KEEP keeps.",
    "KEEP takes precedence over every rule except ADD, wherever it is written. The attribute stays unchanged in "
    "every file. Remove one of the two rules. A recipe may keep what a recipe that it includes removes; then the "
    "complaint is a note (DC458).",
    _HEAD + "KEEP StudyID\nREPLACE StudyID var:id\n",
    _HEAD + "REPLACE StudyID var:id\n",
    Severity.ERROR,
    deid_defines=True,
)
SPARED = _rule(
    "DC403",
    "spared",
    "A REMOVE never acts, because another rule rewrites the attribute.",
    "REPLACE and JITTER take precedence over REMOVE, wherever they are written. The attribute stays in another form, "
    "for example as a shifted date of birth.",
    _HEAD + "REMOVE StudyID\nREPLACE StudyID none\n",
    _HEAD + "REPLACE StudyID none\n",
)
DOUBLED = _rule(
    "DC404",
    "doubled",
    "A rule is written twice.",
    "The second has no effect. If another attribute was intended, that one stays.",
    _HEAD + "REMOVE PatientName\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
CONTRADICTION = _rule(
    "DC405",
    "contradiction",
    "Two rules do different things to one attribute.",
    "Only one of them takes effect, and it may be the weaker: a value stays where none should.",
    _HEAD + "BLANK StudyID\nREPLACE StudyID none\n",
    _HEAD + "REPLACE StudyID none\n",
)
SHIFTED_TWICE = _rule(
    "DC406",
    "shifted-twice",
    "Two JITTER rules shift the same attribute.",
    "Its dates are shifted by the sum and all others once, so intervals between them are wrong. Remove one of the "
    "rules.",
    _HEAD + "JITTER StudyDate 10\nJITTER select:VR:DA|DT 10\n",
    _HEAD + "JITTER select:VR:DA|DT 10\n",
)
REPLACED_THEN_SHIFTED = _rule(
    "DC407",
    "replaced-then-shifted",
    "A value is replaced, and then the new value is shifted.",
    "The date in the file is not the date that the recipe writes.",
    _HEAD + "REPLACE PatientBirthDate 19000101\nJITTER select:VR:DA|DT 10\n",
    _HEAD + "JITTER StudyDate 10\nREPLACE PatientBirthDate 19000101\n",
)
OVERWRITTEN = _rule(
    "DC408",
    "overwritten",
    "A later, wider rule overwrites the value of an earlier rule.",
    "The value of the earlier rule is in no file, so a pseudonym that should link a patient's files is lost.",
    _HEAD + "REPLACE PatientName none\nREPLACE contains:^PatientName$|OperatorsName anonymous\n",
    _HEAD + "REPLACE contains:^PatientName$|OperatorsName anonymous\nREPLACE PatientName none\n",
)
REACHES_UIDS = _rule(
    "DC409",
    "reaches-uids",
    "A wide rule removes or empties UIDs that every object must have.",
    "Archives do not accept an object without SOP Class, SOP Instance, Study or Series Instance UID. KEEP them, or "
    "REPLACE them, which takes precedence over REMOVE.",
    _HEAD + "REMOVE contains:UID\n",
    _HEAD + "REMOVE contains:DeviceUID\n",
)
REMOVES_UID = _rule(
    "DC410",
    "removes-uid",
    "A UID that every object must have is removed or emptied.",
    "Archives do not accept the object. Replace the UID instead.",
    _HEAD + "REMOVE SOPInstanceUID\n",
    _HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n",
)
KEEPS_ITEMS = _rule(
    "DC411",
    "keeps-items",
    "KEEP of a sequence keeps everything inside it.",
    "A patient's name or date in an item stays, although other rules remove it. Write DESCEND: the sequence stays, "
    "whatever other rules remove it, and rules reach its items.",
    _HEAD + "KEEP RequestAttributesSequence\n",
    _HEAD + "DESCEND RequestAttributesSequence\nREMOVE AccessionNumber\n",
)
KEEPS_IDENTIFIER = _rule(
    "DC412",
    "keeps-identifier",
    "KEEP keeps an attribute that names or numbers the patient.",
    "The attribute stays in every file. If this is intended, add an ignore comment with the reason.",
    _HEAD + "KEEP PatientName\n",
    _HEAD + "KEEP PatientSex\n",
)
PROTECTED = _rule(
    "DC413",
    "protected",
    "A rule names an attribute that deidc protects.",
    "Without the attribute, the rest of the object cannot be read. The rule has no effect, so pixels or palettes "
    "that it should remove would stay.",
    _HEAD + "REMOVE PixelData\n",
    _HEAD + "REMOVE IconImageSequence\n",
    Severity.ERROR,
)
SHIFTS_TOO_MUCH = _rule(
    "DC414",
    "shifts-no-dates",
    "A wide JITTER reaches attributes that do not hold dates.",
    "deidc leaves times and numbers unchanged; deid 0.4.13 turns them into dates. Write select:VR:DA|DT to select "
    "dates only.",
    _HEAD + "JITTER endswith:Time 5\n",
    _HEAD + "JITTER select:VR:DT 5\n",
)
LITERAL_FOR_MANY = _rule(
    "DC415",
    "literal-for-many",
    "A wide REPLACE writes a literal that some attributes cannot hold.",
    "An object that has one of them is refused; deid 0.4.13 writes an invalid value or keeps the original.",
    _HEAD + "REPLACE endswith:Time 120000\n",
    _HEAD + "REPLACE select:VR:TM 120000\n",
)
READABLE_SHIFT = _rule(
    "DC416",
    "readable-shift",
    "The number of days of JITTER is in the recipe.",
    "Every reader of the recipe can shift the dates back. Take the days from a variable, or from "
    "deid_func:date_shift with a key.",
    _CLAIM + _SHIFTED + "JITTER select:VR:DA|DT 31\n",
    _CLAIM + _SHIFTED + "JITTER select:VR:DA|DT var:shift\n",
    Severity.NOTE,
)
CASE_DOUBLE = _rule(
    "DC417",
    "case-double",
    "Two patterns differ only in case.",
    "Patterns ignore case, so the second rule has no effect. If another pattern was intended, the attributes that it "
    "matches stay.",
    _HEAD + "REMOVE endswith:Comments\nREMOVE endswith:comments\n",
    _HEAD + "REMOVE endswith:Comments\n",
)
UNKEYED_UID = _rule(
    "DC418",
    "unkeyed-uid",
    "UIDs are made from an unkeyed hash of the original.",
    "A person who knows an original UID can compute the new one and link the two (PS3.15 E.1.1). Use "
    "deid_func:stable_uid, which takes a key.",
    _CLAIM + "REPLACE FrameOfReferenceUID deid_func:pydicom_uuid\n",
    _CLAIM + "REPLACE FrameOfReferenceUID deid_func:stable_uid key=var:key\n",
    Severity.NOTE,
)
REMOVES_CREATOR = _rule(
    "DC419",
    "removes-creator",
    "A private creator is removed or changed by its tag.",
    "The other elements of its block lose their meaning and can no longer be found by creator. Block numbers also "
    "differ from file to file.",
    _HEAD + "REMOVE (0009,0010)\n",
    _HEAD + 'REMOVE (0009,"ACME",xx)\n',
    stops_run=True,
)
ADDED_THEN_GONE = _rule(
    "DC420",
    "added-then-gone",
    "An attribute is added, and a later rule removes or empties it.",
    "Rules act in the order of the file; the added attribute, often the statement how the file was de-identified, is "
    "in no file.",
    _HEAD + "ADD StudyID none\nREMOVE StudyID\n",
    _HEAD + "REMOVE StudyID\nADD StudyID none\n",
)
LIST_AFTER_REMOVE = _rule(
    "DC421",
    "list-after-remove",
    "A rule selects attributes by a list, but REMOVE removes them.",
    "Only rules that name attributes or patterns take precedence over REMOVE, as in deid 0.4.13; the elements are "
    "removed, and the pseudonyms that the rule should write are lost.",
    "FORMAT dicom\n\n%fields ids\nFIELD PatientID\n\n%header\nREMOVE startswith:Patient\nREPLACE fields:ids none\n",
    "FORMAT dicom\n\n%fields ids\nFIELD PatientID\n\n%header\nREPLACE fields:ids none\n",
)
OR_LINE = _rule(
    "DC422",
    "or-line",
    "A line of criteria begins with ||.",
    "deid 0.4.13 ignores the operator and joins lines by AND, so its label fires less often, and images that should "
    "be held for review pass. deidc joins the lines by OR, as written.",
    _FILTER + "  contains Modality OT\n  || contains Modality XC\n",
    _FILTER + "  contains Modality OT || contains Modality XC\n",
)
BARE_LINE = _rule(
    "DC423",
    "bare-line",
    "A line of criteria begins without an operator.",
    "It is joined by AND, as in deid 0.4.13; deid's documentation says OR. If OR was intended, images with text in "
    "their pixels pass. Begin the line with + to state AND.",
    _FILTER + "  contains Modality OT\n  contains Manufacturer ACME\n",
    _FILTER + "  contains Modality OT\n  + contains Manufacturer ACME\n",
)
NEVER_FIRES = _rule(
    "DC424",
    "never-fires",
    "The criteria of a label contradict each other.",
    "The label never fires, and text burned into the pixels stays.",
    _FILTER + "  equals Modality OT\n  + equals Modality US\n",
    _FILTER + "  equals Modality OT || equals Modality US\n",
    Severity.ERROR,
    deid_defines=True,
    stops_run=True,
)
SAME_LABEL = _rule(
    "DC425",
    "same-label",
    "Two labels of a group have the same criteria.",
    "One was probably copied and not completed, and the images that it should flag are not flagged.",
    _FILTER + "  contains Modality OT\n\nLABEL others\n  contains Modality OT\n",
    _FILTER + "  contains Modality OT\n\nLABEL others\n  contains Modality XC\n",
)
NO_CRITERIA = _rule(
    "DC426",
    "no-criteria",
    "A label with regions has no criteria.",
    "It fires for every object, and its regions are blanked in every image of every device.",
    _FILTER + "  coordinates 0,0,512,40\n",
    _FILTER + "  contains Modality OT\n  coordinates 0,0,512,40\n",
    Severity.NOTE,
)
WHITELIST = _rule(
    "DC427",
    "whitelist-with-regions",
    "A label of a whitelist has regions.",
    "An object on a whitelist is passed on unchanged, so the regions would not be blanked.",
    "FORMAT dicom\n\n%filter whitelist\n\nLABEL known\n  contains Modality CT\n  coordinates 0,0,10,10\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL known\n  contains Modality CT\n  coordinates 0,0,10,10\n",
    stops_run=True,
)
LEAVES_IDENTIFIERS = _rule(
    "DC428",
    "leaves-identifiers",
    "A recipe states that identity is removed, but leaves attributes that name the patient.",
    "PatientIdentityRemoved YES is a statement to every recipient of the files; they would share the files with the "
    "patient's name in them. Write a rule for each attribute.",
    _HEAD + _STAMPS + "REMOVE PatientID\n" + _PRIVATE,
    _CLAIM,
    Severity.NOTE,
)
IDENTITY_REMOVED = _rule(
    "DC429",
    "identity-removed",
    "PatientIdentityRemoved is neither YES nor NO.",
    "These are the only defined values (PS3.3 C.7.1.1); readers treat the files as identified, or refuse them. Write "
    "YES or NO.",
    _CLAIM.replace("Removed YES", "Removed TRUE"),
    _CLAIM,
)
SEQUENCE_GONE = _rule(
    "DC430",
    "sequence-gone",
    "A rule acts inside a sequence that another rule removes.",
    "Removing or emptying a sequence also removes its items, so the rule never acts, and the attribute that KEEP "
    "should preserve is lost. KEEP of an attribute inside does not keep the sequence; DESCEND of the sequence does.",
    _HEAD + "REMOVE RequestAttributesSequence\nREPLACE RequestAttributesSequence__AccessionNumber none\n",
    _HEAD + "REPLACE RequestAttributesSequence__AccessionNumber none\n",
)

EXCEPT_SPARES_MORE = _rule(
    "DC431",
    "except-spares-more",
    "except: spares more attributes than it names.",
    "Patterns match parts of names: except:PatientSize also spares PatientSizeCodeSequence, which stays in every "
    "file. Write except:^PatientSize$.",
    _HEAD + "KEEP contains:UID$\nREMOVE except:PatientSize\n",
    _HEAD + "KEEP contains:UID$\nREMOVE except:^PatientSize$\n",
)
KEPT_AND_ADDED = _rule(
    "DC432",
    "kept-and-added",
    "KEEP and ADD name the same attribute.",
    "ADD takes precedence over KEEP: the original value is overwritten in every file.",
    _HEAD + "KEEP StudyID\nADD StudyID none\n",
    _HEAD + "ADD StudyID none\n",
)
FOLLOWS_OBJECT = _rule(
    "DC433",
    "follows-object",
    "A rule names file meta information that deidc writes itself.",
    "deidc copies SOP Class and Instance UID from the object, which deid 0.4.13 omits, so that the old UID stays in "
    "the file. The rule has no effect here.",
    _HEAD + "REPLACE MediaStorageSOPInstanceUID deid_func:pydicom_uuid\n",
    _HEAD + "REPLACE SOPInstanceUID deid_func:pydicom_uuid\n",
    Severity.NOTE,
)
LEAVES_PRIVATE = _rule(
    "DC434",
    "leaves-private",
    "A recipe states that identity is removed, but no rule covers private elements.",
    "Devices write names, numbers and dates of patients into private elements. Remove them, and keep by creator "
    "those that are known to be safe (PS3.15 E.3.10).",
    _CLAIM.replace(_PRIVATE, ""),
    _CLAIM,
    Severity.NOTE,
)
LEAVES_UIDS = _rule(
    "DC435",
    "leaves-uids",
    "A recipe states that identity is removed, but replaces only some UIDs of study, series and object.",
    "A person with access to the original files, or to the archive they came from, finds the patient by the UID that "
    "is left (PS3.15 E.3.9).",
    _CLAIM + "REPLACE StudyInstanceUID deid_func:stable_uid key=var:key\n",
    _CLAIM + "REPLACE contains:(Study|Series|SOP)InstanceUID$ deid_func:stable_uid key=var:key\n",
    Severity.NOTE,
)
LEAVES_DATES = _rule(
    "DC436",
    "leaves-dates",
    "A recipe shifts some dates and leaves others of the same object.",
    "The date of a series is usually that of its study, so one unshifted date reveals the real date and the shift.",
    _CLAIM + _SHIFTED + "JITTER StudyDate var:shift\n",
    _CLAIM + _SHIFTED + "JITTER select:VR:DA|DT var:shift\n",
    Severity.NOTE,
)
METHOD_UNTOLD = _rule(
    "DC437",
    "method-untold",
    "A recipe states that identity is removed, but not how.",
    "DeidentificationMethod or its code sequence belongs to the statement (PS3.3 C.7.1.1); without it a recipient "
    "cannot determine what may still be in the file.",
    _CLAIM.replace("ADD DeidentificationMethod site profile 1\n", ""),
    _CLAIM,
    Severity.NOTE,
)
SHIFT_UNTOLD = _rule(
    "DC438",
    "shift-untold",
    "Dates are shifted, but the file does not state it.",
    "Readers take the dates for real dates and compare them across patients. PS3.15 E.3.6 requires "
    "LongitudinalTemporalInformationModified.",
    _CLAIM + "JITTER select:VR:DA|DT var:shift\n",
    _CLAIM + _SHIFTED + "JITTER select:VR:DA|DT var:shift\n",
    Severity.NOTE,
)
WHITELIST_EXEMPTS_NOTHING = _rule(
    "DC439",
    "whitelist-exempts-nothing",
    "A recipe has a whitelist beside other groups of labels.",
    "Labels are evaluated independently: an object that a whitelist matches is still held for review if a label of "
    "another group fires, unless %pixels has FINAL whitelist before the other groups. deid 0.4.13 reports "
    "whitelisted objects as flagged.",
    "FORMAT dicom\n\n%filter whitelist\n\nLABEL known\n  contains Modality CT\n\n%filter blacklist\n\n"
    "LABEL others\n  contains Modality OT\n",
    "FORMAT dicom\n\n%filter blacklist\n\nLABEL others\n  contains Modality OT\n",
    Severity.NOTE,
)
KEEP_IDLE = _rule(
    "DC440",
    "keep-idle",
    "A region is kept where nothing is blanked above it, where it undoes all blanking, or where it is blanked below.",
    "Regions are applied in the order of the lines. The part of the image that should stay is lost, or text stays in "
    "the pixels.",
    _FILTER + "  contains Modality US\n  keepcoordinates 0,40,512,512\n  coordinates all\n",
    _FILTER + "  contains Modality US\n  coordinates all\n  keepcoordinates 0,40,512,512\n",
)
EMPTY_LABEL = _rule(
    "DC441",
    "empty-label",
    "A label has neither criteria nor regions.",
    "It fires for every object, so every file is held for review. Its lines were probably lost.",
    "FORMAT dicom\n\n%filter blacklist\n\nLABEL screenshots\n",
    _FILTER + "  contains Modality OT\n",
)
CLEAN_WITHOUT_REGIONS = _rule(
    "DC443",
    "clean-without-regions",
    "A group has the policy CLEAN, but one of its labels blanks no region.",
    "When such a label fires, the place of the text is unknown, so the object is held for review. Add a region, or "
    "move the label to another group.",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains ImageType SCREEN\n\n%pixels\nCLEAN graylist\n",
    "FORMAT dicom\n\n%filter graylist\n\nLABEL screens\n  contains ImageType SCREEN\n  coordinates all\n\n%pixels\n"
    "CLEAN graylist\n",
    Severity.WARNING,
)
BLANKED_KEEPS_UID = _rule(
    "DC444",
    "blanked-keeps-uid",
    "Pixels are blanked, but no rule gives the image a new SOP Instance UID.",
    "An image with other pixels is a derived image, and needs its own UID if the difference may matter to a reader "
    "(PS3.3 C.7.6.1.1.2). With the old UID, an archive treats it as the image that it already has, and keeps one of "
    "the two.",
    _HEAD + "REMOVE PatientName\n\n%filter graylist\n\nLABEL banner\n  equals Rows 600\n  coordinates 0,0,800,60\n",
    _HEAD + "REMOVE PatientName\nREPLACE SOPInstanceUID deid_func:pydicom_uuid\n\n%filter graylist\n\nLABEL banner\n"
    "  equals Rows 600\n  coordinates 0,0,800,60\n",
    Severity.NOTE,
)
KEPT_AGAIN = _rule(
    "DC445",
    "kept-again",
    "A label keeps a region that a label above it blanks.",
    "Regions of all labels that fire are applied one after the other, in the order of the recipe. Text that one "
    "label locates stays in the pixels if another label keeps the same place afterwards.",
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
    "It identifies the kind of object and names no person. With another value, viewers and archives cannot read the "
    "patient's images.",
    _HEAD + "REPLACE contains:UID$ deid_func:pydicom_uuid\n",
    _HEAD + "KEEP SOPClassUID\nREPLACE contains:UID$ deid_func:pydicom_uuid\n",
)
IDENTITY_COPIED = _rule(
    "DC446",
    "identity-copied",
    "A rule copies an identifying attribute into another one.",
    "The copy is written in clear text, and no rule for the original reaches it: a removed PatientID stays in the text "
    "that was composed of it. Use a keyed pseudonym (deid_func:stable_hash), or a variable.",
    _HEAD + 'REPLACE StudyDescription "{PatientID} baseline"\n',
    _HEAD + 'REPLACE StudyDescription "{Modality} baseline"\n',
    Severity.WARNING,
    stops_run=True,
)
MOVED_APART = _rule(
    "DC447",
    "moved-apart",
    "A date and its time are not moved alike.",
    "A shift of hours that goes beyond midnight changes the date too. If only one of the two is moved, or each by "
    "another amount, the object states a moment that never was.",
    _HEAD + "REPLACE StudyTime deid_func:shift_moment by=5 unit=hours\n",
    _HEAD
    + "REPLACE StudyTime deid_func:shift_moment by=5 unit=hours\n"
    + "REPLACE StudyDate deid_func:shift_moment by=5 unit=hours\n",
    Severity.WARNING,
)

_WITHOUT_DATES = 'FORMAT dicom\n\n%include "deidc:parts/dates-removed"\n\n%header\n'
_INCLUDING = 'FORMAT dicom\n\n%include "deidc:default"\n\n%header\n'
WIDE_WINS = _rule(
    "DC450",
    "wide-rule-of-another-text",
    "A rule for many attributes takes effect on attributes that a rule of another text names.",
    "Texts are applied one behind another: bases, includes, the recipe. A later REPLACE or BLANK for many attributes "
    "also acts on those that an earlier text names, and a REPLACE holds off REMOVE. Except these attributes by except: "
    "if the rules that name them should stand.",
    _INCLUDING + "REPLACE select:VR:CS NONE\n",
    _INCLUDING + "REPLACE Modality OT\n",
    Severity.NOTE,
)
NAMED_STANDS = _rule(
    "DC451",
    "named-by-another-text",
    "A rule for many attributes leaves attributes that a rule of another text names.",
    "A rule that derives what it writes from the original would undo what an earlier text wrote, emptied or removed by "
    "name, so it leaves these attributes. Write a rule that names an attribute to derive its value from the original.",
    _WITHOUT_DATES + "JITTER select:role:date 30\n",
    _WITHOUT_DATES + "JITTER PatientBirthDate 30\n",
    Severity.NOTE,
)
BUNDLED_CONTRADICTION = _rule(
    "DC452",
    "bundled-contradiction",
    "Two bundled recipes contradict each other.",
    "Each of the two recipes is complete, and one would silently undo what the other does to an attribute. Which one "
    "depends on the order of the lines. Include one of them.",
    'FORMAT dicom\n\n%include "deidc:default-keyed"\n\n%include "deidc:default"\n',
    'FORMAT dicom\n\n%include "deidc:default-keyed"\n',
    Severity.ERROR,
)
SPARES_IDENTITY = _rule(
    "DC453",
    "exception-spares-identity",
    "An exception leaves attributes that may identify a person.",
    "The attributes behind except: are spared, and no other rule acts on them, so that they stay in every file. They "
    "are rows of Table E.1-1 of PS3.15.",
    _HEAD + "REMOVE select:VR:PN except:PatientName\n",
    _HEAD + "REMOVE select:VR:PN except:PatientName\nBLANK PatientName\n",
    stops_run=True,
)
# ---- KEEP, except: and what they leave ------------------------------------------------------------------

KEPT_OVER_INCLUDE = _rule(
    "DC458",
    "kept-over-include",
    "KEEP overrules a rule of an included recipe or a base.",
    "The attribute stays in every file, although the included recipe removes or rewrites it. This is how a recipe "
    "makes an exception. Check that the exception is intended.",
    'FORMAT dicom\n\n%include "deidc:examples/remove"\n\n%header\nKEEP ReferringPhysicianName\n',
    'FORMAT dicom\n\n%include "deidc:examples/remove"\n',
    Severity.NOTE,
)
SHIFTS_CANCEL = _rule(
    "DC459",
    "shifts-cancel",
    "JITTER rules shift the same dates forward and back by the same number of days.",
    "The shifts add up to zero, so the real dates stay in every file, although two rules appear to shift them. "
    "Remove one of the rules.",
    _HEAD + "JITTER StudyDate 30\nJITTER StudyDate -30\n",
    _HEAD + "JITTER StudyDate 30\n",
    Severity.ERROR,
    deid_defines=True,
)
KEEPS_IDENTITY = _rule(
    "DC460",
    "keeps-identity",
    "A wide KEEP keeps attributes that name, number or locate a person.",
    "KEEP takes precedence over every rule except ADD, so these attributes stay in every file, whatever other rules "
    "remove. Name the attributes that you need. `deidc run` refuses the recipe unless an ignore comment above the "
    "rule gives the reason.",
    _HEAD + "KEEP startswith:Patient\n",
    _HEAD + "KEEP contains:^Patient(Sex|Age|Size|Weight)$\n",
    stops_run=True,
)
PATTERN_SPARES = _rule(
    "DC461",
    "pattern-spares-identity",
    "The exception of a wide rule spares attributes that name, number or locate a person.",
    "No other rule removes these attributes, so they stay in every file. Shorten the exception, or write a rule for "
    "each of them. `deidc run` refuses the recipe unless an ignore comment above the rule gives the reason.",
    _HEAD + "KEEP contains:UID$\nREMOVE except:^PatientName$\n",
    _HEAD + "KEEP contains:UID$\nREMOVE except:^PatientSex$\n",
    stops_run=True,
)
SHELTERS_IDENTITY = _rule(
    "DC462",
    "shelters-identity",
    "KEEP of a sequence shelters attributes that other rules remove.",
    "KEEP of a sequence keeps all its items unchanged: a patient's name or number in an item stays, although another "
    "rule removes it elsewhere. `deidc run` refuses the recipe unless an ignore comment above the rule gives the "
    "reason.",
    _HEAD + "KEEP RequestAttributesSequence\nREMOVE AccessionNumber\n",
    _HEAD + "REMOVE AccessionNumber\n",
    stops_run=True,
)

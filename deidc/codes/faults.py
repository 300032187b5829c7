"""DC9xx: what can go wrong with one object or one file while a program runs; a refusal, never a guess."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity


def _fault(code: str, name: str, title: str, why: str) -> Rule:
    return Rule(code, name, Severity.ERROR, title, why)


VARIABLE_MISSING = _fault(
    "DC901",
    "variable-missing",
    "A variable was not supplied for this object.",
    "The value that was to be written is unknown, so the object is not written. deid 0.4.13 keeps the "
    "original value and says nothing.",
)
FUNCTION_FAILED = _fault(
    "DC902",
    "function-failed",
    "A function raised an exception.",
    "What the function was to compute is unknown, so the object is not written. Only the type of the "
    "exception is told, because its text may quote patient data.",
)
FUNCTION_GAVE_NOTHING = _fault(
    "DC903",
    "function-gave-nothing",
    "A function returned None where a value is to be written.",
    "None is no value: deid 0.4.13 takes it as a request to leave the original, which leaks when the "
    "function just forgot to return. Return '' to empty the element.",
)
VALUE_UNFIT = _fault(
    "DC904",
    "value-unfit",
    "A value does not fit the VR of the element it is written to.",
    "A value that no reader of the file understands would be written, or the original left in place as deid "
    "0.4.13 does. The object is not written instead.",
)
NOT_A_DATE = _fault(
    "DC905",
    "not-a-date",
    "A value that is to be shifted is no date.",
    "A date that cannot be read cannot be shifted, and leaving it would leave the patient's real date. "
    "Remove or replace such attributes, or repair the input.",
)
NOT_ENCODABLE = _fault(
    "DC906",
    "not-encodable",
    "The character set of the object cannot hold a value that is to be written.",
    "Letters would be replaced by question marks. Promote the object by a rule: REPLACE SpecificCharacterSet "
    '"ISO_IR 192".',
)
ELEMENT_UNDECODABLE = _fault(
    "DC907",
    "element-undecodable",
    "The bytes of an element that a rule must read are no value of its VR.",
    "What the element holds cannot be judged, so the object is not written.",
)
TEXT_INTO_SEQUENCE = _fault(
    "DC908",
    "text-into-sequence",
    "A value is to be written to a sequence.",
    "A sequence holds items, not a value. Name the attributes inside, or REMOVE or BLANK the sequence.",
)
TRANSCODE_FAILED = _fault(
    "DC909",
    "transcode-failed",
    "Text is not in the character set that the object declares.",
    "Re-encoding it would turn letters into others without notice. The object is not written.",
)
NO_FREE_BLOCK = _fault(
    "DC910",
    "no-free-block",
    "There is no room for a private element.",
    "A group has 240 blocks for private creators (PS3.5 7.8.1), and the object uses all of them. The object is not "
    "written, because it would lack what the rule adds.",
)
NOT_DICOM = _fault(
    "DC920",
    "not-dicom",
    "The file is not a DICOM file.",
    "It is left out and counted. Nothing of it is copied to the output.",
)
UNREADABLE = _fault(
    "DC921",
    "unreadable",
    "The file cannot be read.",
    "The file exists but could not be opened or decoded. It is counted as refused.",
)
TRUNCATED = _fault(
    "DC922",
    "truncated",
    "The file ends before its last element does.",
    "A truncated object may lack what a rule would have changed, and its pixels are not whole. It is counted "
    "as refused.",
)
EMPTY_FILE = _fault("DC923", "empty-file", "The file is empty.", "There is nothing to clean. It is counted as refused.")
OUTPUT_EXISTS = _fault(
    "DC924",
    "output-exists",
    "The output file exists already.",
    "Nothing is overwritten without being asked for. Choose an empty folder, or say --overwrite.",
)
NOT_WRITTEN = _fault(
    "DC925",
    "not-written",
    "The output could not be written.",
    "The disk is full, a permission is missing, or the object cannot be encoded. No part of the file is left.",
)
WORKER_DIED = _fault(
    "DC926",
    "worker-died",
    "The process that cleaned the file died.",
    "The file was tried once more alone, and is refused if that fails too. The other files are not affected.",
)
SAME_FILE = _fault(
    "DC927",
    "same-file",
    "Two inputs would be written to one output, or an input would be overwritten.",
    "The second would replace the first without a trace. Rename one of them or run the folders separately.",
)
MEDIA_DIRECTORY = _fault(
    "DC928",
    "media-directory",
    "The file is a DICOMDIR, the index of a medium.",
    "An index points into its files by byte and repeats what they hold, so it is wrong as soon as they are cleaned. It "
    "is left out and counted. Make a new one from the cleaned files.",
)
INPUT_CHANGED = _fault(
    "DC929",
    "input-changed",
    "The input was changed since its output was written.",
    "The output in the folder is of what the input was. It is not replaced without being asked for: say --overwrite, "
    "or choose another folder.",
)
UNSAFE_NAME = _fault(
    "DC940",
    "unsafe-name",
    "The name of an input leads out of the output folder.",
    "A name in an archive, in a DICOMDIR, in a list or in a store that is absolute, climbs up by .. or has a drive "
    "letter would make the output land where nobody expects it. Nothing is written for it.",
)
MEMBER_TOO_LARGE = _fault(
    "DC941",
    "member-too-large",
    "A member of an archive is larger than a member may be.",
    "A few bytes of an archive can unpack to more than any memory holds. If the member is meant, raise --member-limit.",
)
ARCHIVE_UNREADABLE = _fault(
    "DC942",
    "archive-unreadable",
    "An archive or a member of it cannot be read.",
    "It is damaged, cut off, encrypted, or packed in a way that Python does not know. Members before the damage are "
    "cleaned, those behind it may not even be known. Repair the archive or unpack it yourself.",
)
NAME_VALUE_MISSING = _fault(
    "DC943",
    "name-value-missing",
    "An attribute that the output is to be named by has not one value.",
    "The object lacks it, it is empty, or it has several values. A name with a gap could be that of another object, so "
    "the object is not written. Name outputs by attributes that all objects have, or by {number}.",
)
NAME_UNFIT = _fault(
    "DC944",
    "name-unfit",
    "The name of an output is one that not every file system takes.",
    "It is too long, begins or ends with a dot, or is that of a device on Windows. A name that was cut could be that "
    "of another object, so the object is not written.",
)
NAME_TAKEN = _fault(
    "DC945",
    "name-taken",
    "The name that the template gives is taken.",
    "Another object has the same name by the template, or the file was there before, and would be replaced. Add "
    "{number} or SOPInstanceUID to the template; if that is in it, two inputs are the same object, or a recipe gives "
    "two objects one UID.",
)
NAME_LEAKS = _fault(
    "DC946",
    "name-leaks",
    "An attribute that the output is to be named by was not changed.",
    "It may identify somebody (PS3.15 Table E.1-1), and names of files are seen by more people than what is in them. "
    "The object is not written.",
)
REFERENCE_BROKEN = _fault(
    "DC947",
    "reference-broken",
    "An output refers to an object of the run, but not by the UID that the object was given.",
    "The recipe maps one UID in two ways: a function answers at random, or rules treat SOPInstanceUID and "
    "ReferencedSOPInstanceUID differently. The outputs are written, and what belonged together cannot be found again.",
)
REFERENCE_DANGLING = _fault(
    "DC948",
    "reference-dangling",
    "An output refers to an input that was not written.",
    "The other object was refused or held back, so the reference leads nowhere. Look at why it was, and run again.",
)
HIERARCHY_SPLIT = _fault(
    "DC949",
    "hierarchy-split",
    "A study, a series or a frame of reference became several.",
    "Objects that had one UID have different ones now, as if each had been taken on its own. The recipe maps the UID "
    "by more than its value: at random, or by rules that do not reach all places.",
)
HIERARCHY_MIXED = _fault(
    "DC950",
    "hierarchy-mixed",
    "A series is in two studies.",
    "Two series were given one UID, or a UID was written that is the same for all objects. Archives refuse such "
    "objects or mix them up.",
)
INSTANCE_DOUBLED = _fault(
    "DC951",
    "instance-doubled",
    "Two different objects were given one SOP Instance UID.",
    "Archives keep one of the two. The recipe writes a SOP Instance UID that does not depend on the object's own.",
)
NOT_OF_DEIDS_SHAPE = _fault(
    "DC960",
    "not-of-deids-shape",
    "A recipe that is given as a dictionary has a part that no recipe can have.",
    "Programs written for deid edit the dictionary of a recipe in place. What is misspelt there, or cannot be said in "
    "one line of a recipe, would be a rule that does nothing. deid 0.4.13 leaves it out; deidc cleans nothing then.",
)
REGION_UNREADABLE = _fault(
    "DC970",
    "region-unreadable",
    "A region that is to be blanked cannot be read from the object.",
    "A label takes regions from a sequence, and an item of it lacks a corner, has one that is no number, or has them "
    "in the wrong order. Whatever stands there in the pixels would stay, so the object is not written.",
)
PIXELS_NOT_UNDERSTOOD = _fault(
    "DC971",
    "pixels-not-understood",
    "Pixels are to be blanked, and what the object says of them is incomplete, contradicts itself, or is unknown.",
    "Rows, columns, bits, frames and photometric interpretation tell where each pixel lies in the bytes. If one of "
    "them is missing or wrong, something else would be blanked, and the text stay. The object is not written.",
)
FRAME_UNDECODABLE = _fault(
    "DC972",
    "frame-undecodable",
    "A compressed frame that is to be blanked cannot be decoded.",
    "It is damaged, or compressed in a way that no installed package decodes (video is in none of them). JPEG lossless "
    "and JPEG of 12 bits need the extra `libjpeg`. The object is not written.",
)
NOT_STORABLE = _fault(
    "DC973",
    "not-storable",
    "A blanked frame cannot be stored in the transfer syntax of the object without loss.",
    "The caller asked for the transfer syntax to stay as it is. Nothing that is installed encodes JPEG lossless, say, "
    "and JPEG whose blocks cannot be blanked one by one would change every pixel once more. Let such objects be stored "
    "uncompressed.",
)
TEXT_DETECTOR_FAILED = _fault(
    "DC975",
    "text-detector-failed",
    "A text detector raised an exception.",
    "Whether there is text in the pixels is unknown, so the object is not written. Only the type of the exception is "
    "told, because its words may hold patient data.",
)

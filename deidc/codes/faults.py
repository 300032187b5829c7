"""DC9xx: what can go wrong with one object or one file while a program runs; a refusal, never a guess."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity


def _fault(code: str, name: str, title: str, why: str) -> Rule:
    return Rule(code, name, Severity.ERROR, title, why)


VARIABLE_MISSING = _fault(
    "DC901",
    "variable-missing",
    "A variable was not supplied for this object.",
    "The value to write is unknown, so the object is not written. deid 0.4.13 silently keeps the original value.",
)
FUNCTION_FAILED = _fault(
    "DC902",
    "function-failed",
    "A function raised an exception.",
    "The result of the function is unknown, so the object is not written. Only the type of the exception is "
    "reported, because its text may quote patient data.",
)
FUNCTION_GAVE_NOTHING = _fault(
    "DC903",
    "function-gave-nothing",
    "A function returned None where a value is required.",
    "None is not a value: deid 0.4.13 treats it as a request to keep the original, which leaks when the function "
    "just lacks a return. Return '' to empty the element.",
)
VALUE_UNFIT = _fault(
    "DC904",
    "value-unfit",
    "A value does not fit the VR of the element it is written to.",
    "Readers of the file could not decode the value, or the original would stay, as in deid 0.4.13. The object is "
    "not written instead.",
)
NOT_A_DATE = _fault(
    "DC905",
    "not-a-date",
    "A value to be shifted is not a date.",
    "A date that cannot be parsed cannot be shifted, and without a shift the patient's real date would stay. Remove "
    "or replace such attributes, or repair the input.",
)
NOT_ENCODABLE = _fault(
    "DC906",
    "not-encodable",
    "The character set of the object cannot encode a value to be written.",
    "Letters would be replaced by question marks. Promote the object by a rule: REPLACE SpecificCharacterSet "
    '"ISO_IR 192".',
)
ELEMENT_UNDECODABLE = _fault(
    "DC907",
    "element-undecodable",
    "The bytes of an element that a rule reads are not a valid value of its VR.",
    "The content of the element cannot be evaluated, so the object is not written.",
)
TEXT_INTO_SEQUENCE = _fault(
    "DC908",
    "text-into-sequence",
    "A value is written to a sequence.",
    "A sequence holds items, not a value. Name the attributes inside, or REMOVE or BLANK the sequence.",
)
TRANSCODE_FAILED = _fault(
    "DC909",
    "transcode-failed",
    "Text is not in the character set that the object declares.",
    "Re-encoding would silently turn letters into others. The object is not written.",
)
NO_FREE_BLOCK = _fault(
    "DC910",
    "no-free-block",
    "A group has no free block for a private element.",
    "A group has 240 blocks for private creators (PS3.5 7.8.1), and the object uses all of them. The object is not "
    "written, because it would lack the element that the rule adds.",
)
NOT_DICOM = _fault(
    "DC920",
    "not-dicom",
    "The file is not a DICOM file.",
    "The file is skipped and counted. No part of it is copied to the output.",
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
    "The file ends within an element.",
    "A truncated object may lack an element that a rule changes, and its pixels are incomplete. It is counted as "
    "refused.",
)
EMPTY_FILE = _fault(
    "DC923", "empty-file", "The file is empty.", "The file has no content to clean. It is counted as refused."
)
OUTPUT_EXISTS = _fault(
    "DC924",
    "output-exists",
    "The output file already exists.",
    "deidc does not overwrite files by default. Choose an empty folder, or use --overwrite.",
)
NOT_WRITTEN = _fault(
    "DC925",
    "not-written",
    "The output could not be written.",
    "The disk is full, a permission is missing, or the object cannot be encoded. No partial file is left.",
)
WORKER_DIED = _fault(
    "DC926",
    "worker-died",
    "The process that cleaned the file died.",
    "The file was tried once more, alone in a process of its own, and that died too. The same holds with --jobs 1: a "
    "file that an interrupted run had begun is cleaned in a process of its own by the next run. The usual cause is a "
    "lack of memory, or a crash in a decoder or in a function of yours. The other files are not affected. Run the file "
    "alone with more memory, or move it out of the input folder.",
)
SAME_FILE = _fault(
    "DC927",
    "same-file",
    "Two inputs have the same output, or an output would overwrite an input.",
    "The second file would silently replace the first. Rename one of them, or run the folders separately.",
)
MEDIA_DIRECTORY = _fault(
    "DC928",
    "media-directory",
    "The file is a DICOMDIR, the index of a medium.",
    "A DICOMDIR holds byte offsets into its files and copies of their attributes, so it becomes wrong when they are "
    "cleaned. It is skipped and counted. Create a new one from the cleaned files.",
)
INPUT_CHANGED = _fault(
    "DC929",
    "input-changed",
    "The input changed after its output was written.",
    "The output in the folder belongs to the earlier input. It is not replaced by default: use --overwrite, or "
    "choose another folder.",
)
INFLATES_TOO_FAR = _fault(
    "DC930",
    "inflates-too-far",
    "A deflated data set inflates to more bytes than the limit allows.",
    "A few megabytes can inflate to gigabytes and take all memory from the other files. The file is refused after "
    "measuring, and nothing of it is kept in memory. If the object is genuine, raise --max-inflated.",
)
NESTED_TOO_DEEP = _fault(
    "DC931",
    "nested-too-deep",
    "Sequences are nested deeper than deidc reads.",
    "No object of the standard nests sequences 64 deep; a crafted file can nest them until a reader crashes. The file "
    "is refused, because what lies deeper would not be cleaned.",
)
DEADLINE_EXCEEDED = _fault(
    "DC932",
    "deadline-exceeded",
    "Cleaning the file took more CPU time than its deadline allows.",
    "A pattern or a function that needs exponential time on one value would stop the whole run. The file is refused, "
    "the other files are cleaned, and the next run of the same command tries the file again. Simplify the pattern or "
    "the function, or raise --deadline.",
)
UNSAFE_NAME = _fault(
    "DC940",
    "unsafe-name",
    "The name of an input leads out of the output folder.",
    "The name in an archive, a DICOMDIR, a list or a store is absolute, contains .. or has a drive letter, so the "
    "output would be written outside the output folder. Nothing is written for this input.",
)
MEMBER_TOO_LARGE = _fault(
    "DC941",
    "member-too-large",
    "A member of an archive exceeds the size limit.",
    "A few bytes of an archive can unpack to more than fits into memory. If the member is legitimate, raise "
    "--member-limit.",
)
ARCHIVE_UNREADABLE = _fault(
    "DC942",
    "archive-unreadable",
    "An archive or one of its members cannot be read.",
    "The archive is damaged, truncated, encrypted, or uses a compression that Python does not support. Members "
    "before the damage are cleaned; members after it may be unknown. Repair the archive, or unpack it yourself.",
)
NAME_VALUE_MISSING = _fault(
    "DC943",
    "name-value-missing",
    "An attribute in the name template does not have exactly one value.",
    "The attribute is absent, empty, or has several values. A name with a gap could be that of another object, so "
    "the object is not written. Use attributes that all objects have, or {number}.",
)
NAME_UNFIT = _fault(
    "DC944",
    "name-unfit",
    "The name of an output is invalid on some file systems.",
    "It is too long, begins or ends with a dot, or is a device name on Windows. A truncated name could be that of "
    "another object, so the object is not written.",
)
NAME_TAKEN = _fault(
    "DC945",
    "name-taken",
    "The output name from the template is already in use.",
    "Another object has the same name, or the file existed before and would be replaced. Add {number} or "
    "SOPInstanceUID to the template; if the template has it, two inputs are the same object, or the recipe gives two "
    "objects one UID.",
)
NAME_LEAKS = _fault(
    "DC946",
    "name-leaks",
    "An attribute in the name template is identifying and unchanged.",
    "It may identify the patient (PS3.15 Table E.1-1), and more people see file names than the content of files. The "
    "object is not written.",
)
REFERENCE_BROKEN = _fault(
    "DC947",
    "reference-broken",
    "An output refers to an object of the run, but not by that object's new UID.",
    "The recipe maps one UID in two ways: a function returns random values, or rules treat SOPInstanceUID and "
    "ReferencedSOPInstanceUID differently. The outputs are written, but the reference is broken.",
)
REFERENCE_DANGLING = _fault(
    "DC948",
    "reference-dangling",
    "An output refers to an input that was not written.",
    "The other object was refused or held for review, so the reference is dangling. Fix the cause, and run again.",
)
HIERARCHY_SPLIT = _fault(
    "DC949",
    "hierarchy-split",
    "A study, a series or a frame of reference was split.",
    "Objects that shared a UID now have different ones. The recipe maps the UID by more than its value: at random, "
    "or by rules that do not reach all places.",
)
HIERARCHY_MIXED = _fault(
    "DC950",
    "hierarchy-mixed",
    "A series belongs to two studies.",
    "Two series were given one UID, or a constant UID was written to all objects. Archives refuse such objects or "
    "mix them up.",
)
INSTANCE_DOUBLED = _fault(
    "DC951",
    "instance-doubled",
    "Two different objects were given one SOP Instance UID.",
    "Archives keep one of the two. The recipe writes a SOP Instance UID that does not depend on the object's own.",
)
SECRET_WEAK = _fault(
    "DC952",
    "secret-weak",
    "The secret of this object is easy to guess.",
    "Pseudonyms and shifts of dates are derived from originals with a key. A user who guesses the key computes "
    "the pseudonym of every known patient. A key of a table of variables is judged like one of the command line: it "
    "needs length and variety. `deidc keys new PATH` makes one of 256 random bits. The object is not written.",
)
NAME_RESERVED = _fault(
    "DC953",
    "name-reserved",
    "The name of an output is reserved for deidc's own files.",
    "Runs keep their journal, their locks and their partial files under names that begin with `.deidc`. An output of "
    "such a name, whatever its case, could replace them. Rename the input, or the archive that holds it. The object "
    "is not written.",
)
NOT_OF_DEIDS_SHAPE = _fault(
    "DC960",
    "not-of-deids-shape",
    "A recipe dictionary has a part that no recipe can have.",
    "Programs written for deid edit the dictionary of a recipe in place. A misspelt key, or a part that no line of a "
    "recipe can state, would be a rule without effect. deid 0.4.13 ignores it; deidc then cleans nothing.",
)
REGION_UNREADABLE = _fault(
    "DC970",
    "region-unreadable",
    "A region to blank cannot be read from the object.",
    "A label takes regions from a sequence, and an item of it lacks a corner, has a corner that is not a number, or "
    "has corners in the wrong order. Text in the region would stay, so the object is not written.",
)
PIXELS_NOT_UNDERSTOOD = _fault(
    "DC971",
    "pixels-not-understood",
    "Pixels are to be blanked, but their description in the object is incomplete, contradictory or unknown.",
    "Rows, columns, bits, frames and photometric interpretation determine where each pixel is in the bytes. If one "
    "of them is missing or wrong, other pixels would be blanked and the text would stay. The object is not written.",
)
FRAME_UNDECODABLE = _fault(
    "DC972",
    "frame-undecodable",
    "A compressed frame to blank cannot be decoded.",
    "The frame is damaged, or no installed package decodes its compression (no package decodes video). JPEG lossless "
    "and 12-bit JPEG need the extra `libjpeg`. The object is not written.",
)
NOT_STORABLE = _fault(
    "DC973",
    "not-storable",
    "A blanked frame cannot be stored in the transfer syntax of the object without loss.",
    "The caller requires the transfer syntax to stay unchanged. For example, no installed package encodes JPEG "
    "lossless, and a JPEG whose blocks cannot be blanked individually would lose quality in every pixel. Store such "
    "objects uncompressed.",
)
TEXT_DETECTOR_FAILED = _fault(
    "DC975",
    "text-detector-failed",
    "A text detector raised an exception.",
    "It is unknown whether the pixels contain text, so the object is not written. Only the type of the exception is "
    "reported, because its text may contain patient data.",
)
ATTRIBUTE_ABSENT = _fault(
    "DC933",
    "attribute-absent",
    "An attribute whose value a rule needs is absent.",
    "from: and names in braces take the value of another attribute of the object. Where it is absent, the value to "
    "write is unknown, so the object is not written. Guard the rule: `when ATTRIBUTE present`.",
)
ATTRIBUTE_AMBIGUOUS = _fault(
    "DC934",
    "attribute-ambiguous",
    "An attribute whose value a rule needs has different values in several items.",
    "deidc does not choose among them. Name the item in the path: Sequence[0].Attribute.",
)
NOT_A_SEQUENCE = _fault(
    "DC935",
    "not-a-sequence",
    "An element that items are added to is not a sequence.",
    "ADD and APPEND by path, and codes, need a sequence. The element has another VR in this object, so what the rule "
    "states cannot be done, and the object is not written.",
)
NOT_APPENDABLE = _fault(
    "DC936",
    "not-appendable",
    "An element that a value is added to can hold one value only.",
    "APPEND adds a value to those of an attribute of text with several values. The element has another VR in this "
    "object, so the object is not written. Use REPLACE to write the value.",
)
NOT_SHIFTED = _fault(
    "DC937",
    "not-shifted",
    "The shifts of a date add up to zero days.",
    "The number of days is a variable, the value of an attribute, or the result of a function, and it is zero for this "
    "object, or several shifts cancel. The output would have the original date, so the object is not written.",
)
IDENTIFIER_COPIED = _fault(
    "DC938",
    "identifier-copied",
    "A function of the caller returned an identifier of the patient that the recipe changes elsewhere.",
    "Functions see the whole input object, also what other rules remove. The result has in it the name, number or "
    "address of the patient, or the accession number, so the object is not written. Return a value that does not have "
    "it, or KEEP the attribute if it may stay.",
)

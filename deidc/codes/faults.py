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

RULES: tuple[Rule, ...] = (
    VARIABLE_MISSING,
    FUNCTION_FAILED,
    FUNCTION_GAVE_NOTHING,
    VALUE_UNFIT,
    NOT_A_DATE,
    NOT_ENCODABLE,
    ELEMENT_UNDECODABLE,
    TEXT_INTO_SEQUENCE,
    TRANSCODE_FAILED,
    NO_FREE_BLOCK,
    NOT_DICOM,
    UNREADABLE,
    TRUNCATED,
    EMPTY_FILE,
    OUTPUT_EXISTS,
    NOT_WRITTEN,
    WORKER_DIED,
    SAME_FILE,
    MEDIA_DIRECTORY,
    INPUT_CHANGED,
)

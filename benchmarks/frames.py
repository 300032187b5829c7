"""Enhanced multi-frame objects: a header whose elements are nearly all in items of functional groups."""

from __future__ import annotations

from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import EnhancedCTImageStorage

from benchmarks.patients import uid
from benchmarks.shipped import header_of

ELEMENTS_PER_FRAME = 36


def enhanced(frames: int) -> FileDataset:
    """Return an enhanced CT image with this number of frames, about 36 elements each."""
    dataset = header_of("eCT_Supplemental.dcm")
    dataset.PerFrameFunctionalGroupsSequence = [_frame(number) for number in range(frames)]
    dataset.NumberOfFrames = frames
    dataset.Rows = dataset.Columns = 16
    return dataset


def date_frames(dataset: Dataset, study: str) -> None:
    """Set what differs from object to object in each frame: when it was acquired and what it was made from."""
    for number, frame in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        moment = f"{dataset.StudyDate}14{number // 60 % 60:02d}{number % 60:02d}.{dataset.InstanceNumber:06d}"
        frame.FrameContentSequence[0].FrameAcquisitionDateTime = moment
        source = frame.DerivationImageSequence[0].SourceImageSequence[0]
        source.ReferencedSOPInstanceUID = uid(study, "source", number)


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """Return an item of a code sequence (PS3.3 8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _frame(number: int) -> Dataset:
    frame = Dataset()
    frame.FrameContentSequence = [_content(number)]
    frame.DerivationImageSequence = [_derivation(number)]
    frame.CTExposureSequence = [_exposure()]
    position, window, event = Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = [-120.5, -98.25, 2.5 * number]
    window.WindowCenter, window.WindowWidth = 40 + number, 350
    event.IrradiationEventUID = uid("irradiation", number)
    frame.PlanePositionSequence = [position]
    frame.FrameVOILUTSequence = [window]
    frame.IrradiationEventIdentificationSequence = [event]
    return frame


def _content(number: int) -> Dataset:
    content = Dataset()
    content.FrameAcquisitionNumber = 1
    content.FrameAcquisitionDateTime = content.FrameReferenceDateTime = "20220101140000.000000"
    content.FrameAcquisitionDuration = 250.0
    content.FrameComments = "frame of a loop"
    content.StackID, content.InStackPositionNumber = "1", number + 1
    content.TemporalPositionIndex = 1
    content.DimensionIndexValues = [1, number + 1]
    return content


def _derivation(number: int) -> Dataset:
    derivation, source = Dataset(), Dataset()
    source.ReferencedSOPClassUID = EnhancedCTImageStorage
    source.ReferencedSOPInstanceUID = uid("source", number)
    source.ReferencedFrameNumber = number + 1
    source.PurposeOfReferenceCodeSequence = [code("121322", "DCM", "Source image for image processing operation")]
    derivation.DerivationDescription = "smoothed"
    derivation.DerivationCodeSequence = [code("113085", "DCM", "Spatial resampling")]
    derivation.SourceImageSequence = [source]
    return derivation


def _exposure() -> Dataset:
    exposure = Dataset()
    exposure.ExposureTimeInms, exposure.XRayTubeCurrentInmA, exposure.ExposureInmAs = 250.0, 200.0, 50.0
    exposure.ExposureModulationType = "NONE"
    return exposure

"""The Dataset engine: cleans a pydicom Dataset."""

"""What the commands for recipes do to files: written whole, left alone where not understood."""

from __future__ import annotations

import pytest

GOOD = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"
WARNED = "FORMAT dicom\n\n%header\nremove PatientName\n"


@pytest.mark.parametrize(
    "data", [GOOD.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + GOOD.encode(), GOOD.encode("utf-16")]
)
def test_line_ends_and_byte_order_marks_are_formatted(deidc, tmp_path, data):
    """The canonical form has Unix line ends and no mark, so a file that has others would change."""
    (tmp_path / "my.deid").write_bytes(data)
    assert deidc("fmt", "--check", "my.deid").returncode == 1
    assert deidc("fmt", "my.deid").returncode == 0
    assert (tmp_path / "my.deid").read_bytes() == GOOD.encode()
    assert deidc("fmt", "--check", "my.deid").returncode == 0


@pytest.mark.parametrize("data", [WARNED.encode() + b"# caf\xe9\n"])
@pytest.mark.parametrize("arguments", [("fmt",), ("check", "--fix"), ("check", "--unsafe-fixes"), ("compile",)])
def test_a_file_that_is_no_utf_8_is_reported_and_left_unchanged(deidc, tmp_path, arguments, data):
    """Writing it back would replace what could not be read."""
    (tmp_path / "my.deid").write_bytes(data)
    done = deidc(*arguments, "my.deid")
    assert (done.returncode, "DC129" in done.stdout + done.stderr) == (1, True)
    assert (tmp_path / "my.deid").read_bytes() == data


def test_a_link_to_a_recipe_stays_a_link(deidc, recipe, tmp_path):
    """The file behind it is rewritten, with its permissions."""
    path = recipe(WARNED, "real.deid")
    path.chmod(0o640)
    (tmp_path / "link.deid").symlink_to("real.deid")
    assert deidc("check", "link.deid", "--fix").returncode == 0
    assert (tmp_path / "link.deid").is_symlink()
    assert (path.read_text(), path.stat().st_mode & 0o777) == (GOOD, 0o640)


def test_fixes_of_standard_input_go_to_standard_output(deidc):
    """The report makes room for them."""
    done = deidc("check", "-", "--fix", stdin=WARNED)
    assert (done.returncode, done.stdout, done.stderr) == (0, GOOD, "no complaints\n")


def test_what_comes_with_deidc_is_not_changed(deidc):
    """It would change an installation; a canonical recipe is no misuse, as nothing is to be changed."""
    assert deidc("fmt", "default").returncode == 0
    assert deidc("fmt", "--check", "default").returncode == 0


def test_a_program_compiles_to_itself(deidc, recipe, tmp_path):
    """So its digest can be asked for; text that is no program is told by line."""
    recipe(GOOD)
    deidc("compile", "my.deid", "-o", "p")
    assert deidc("compile", "p").stdout == (tmp_path / "p").read_text()
    assert deidc("compile", "p", "--emit", "digest").stdout == deidc("compile", "my.deid", "--emit", "digest").stdout
    recipe("deidc program 1\nformat dicom\n0000 nonsense\n", "q.deid")
    done = deidc("compile", "q.deid")
    assert (done.returncode, "q.deid: " in done.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [("compile", "my.deid", "-o", "no/such/../file/x"), ("fmt", "nothing.deid"),
                                       ("check", "*.none"), ("check", "folder"), ("explain", "DC20")])  # fmt: skip
def test_misuse_is_a_sentence(deidc, recipe, tmp_path, arguments):
    """No traceback (the fixture sees to that), an exit code, and a reason."""
    recipe(GOOD)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "no").touch()
    done = deidc(*arguments)
    assert done.returncode in (1, 2, 4)
    assert "Error: " in done.stderr


def test_a_recipe_that_is_named_twice_is_told_once(deidc, recipe, tmp_path):
    """By its name, its folder, or a pattern."""
    recipe(WARNED)
    assert deidc("check", "my.deid", "*.deid").stdout.count("DC102") == 1

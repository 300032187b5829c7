"""`deidc run --engine dask`: what workers of a cluster do is what this machine would do, also when they die."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from deidc import compile_recipe
from deidc.batch.cluster.client import ClusterError, cluster_at
from deidc.batch.cluster.worker import Parcel, accept, versions
from deidc.batch.job.one_file import Settings
from deidc.batch.job.workers import Work
from tests.cli.run.dask_processes import DaskProcesses, stop
from tests.cli.run.outcomes import outcome_of
from tests.files import copy_of, shipped, tree_of
from tests.keys import MARKED_KEY

PLAIN = "FORMAT dicom\n\n%header\nBLANK PatientName\n"
CALLING = "FORMAT dicom\n\n%header\nREPLACE PatientName func:call\n"
RUN = ("run", "my.deid", "ZQIN", "-o", "out", "--manifest", "m")
SECRET = "ZQ"  # in every name of a file, every patient's name and every variable of these tests

# Functions of the user's, which workers import by themselves: they die, stop, wait and tell what they should not.
FUNCTIONS = {
    "dies_once": """
        marker = pathlib.Path(__file__).with_name('died')
        if dicom.PatientID == '4' and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return 'x'
    """,
    "dies": """
        if dicom.PatientID == '4':
            os.kill(os.getpid(), signal.SIGKILL)
        return 'x'
    """,
    "tells": """
        if dicom.PatientID in '45':
            raise (SystemExit if dicom.PatientID == '4' else ValueError)(str(dicom.PatientName))
        return 'x'
    """,
    "slow": """
        time.sleep(0.05)
        return 'x'
    """,
}


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """Start a scheduler and two workers."""
    cluster = DaskProcesses(tmp_path_factory.mktemp("cluster"))
    for name, body in FUNCTIONS.items():
        text = f"import os, pathlib, signal, time\ndef call(dicom):\n{body}"
        (cluster.folder / f"{name}.py").write_text(text)
    cluster.start()
    yield cluster
    cluster.end()


@pytest.fixture
def elsewhere(dask):
    """Return the options that have a run done by the cluster."""
    return ("--engine", "dask", "--scheduler", dask.address)


@pytest.fixture
def scans(tmp_path, dask) -> Path:
    """Twenty files of patients 0 to 19, and the functions of these tests in the current folder."""
    for number in range(20):
        name = f"{SECRET}^{number}"
        copy_of("rtplan.dcm", tmp_path / "ZQIN" / str(number % 3) / f"ZQ{number:02}.dcm",
                PatientID=str(number), PatientName=name, SOPInstanceUID=f"1.2.{number}")  # fmt: skip
    for name in FUNCTIONS:
        shutil.copy(dask.folder / f"{name}.py", tmp_path)
    return tmp_path / "ZQIN"


OF_ONE_MACHINE = {"there": "here", "m2": "m1", "p2.html": "p1.html", "q2": "q1"}


def whole(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in tree_of(folder)}


def records(manifest: Path) -> list[dict[str, object]]:
    """The records of inputs in a manifest, in their order; fails if an input has two."""
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    found = [{name: value for name, value in one.items() if name not in ("chain", "entry")} for one in lines
             if "outcome" in one]  # fmt: skip
    assert len({one["number"] for one in found}) == len(found)
    return found


@pytest.mark.parametrize(
    "options",
    [
        ("ZQIN/ZQ.zip", "ZQIN/0", "--vars", "rows.csv", "--check-references"),
        ("--name-template", "{SOPInstanceUID}.dcm", "--archives"),
        ("ZQIN/0", "--dry-run"),
    ],
)
def test_a_cluster_does_what_one_machine_does(deidc, recipe, scans, tmp_path, elsewhere, options):
    """The same bytes, the same words in the same order, the same summary, the same records, the same page."""
    recipe("FORMAT dicom\n\n%vars\nVAR who text\nVAR key secret\n"
           "\n%filter graylist\nLABEL MR\n  equals Modality MR\n  coordinates 0,0,9,9\n"
           "\n%filter suspects\nLABEL one\n  equals PatientID 1\n\n%pixels\nQUARANTINE suspects\n\n%header\n"
           "REPLACE PatientName var:who\nREPLACE SOPInstanceUID deid_func:stable_uid key=var:key\n")  # fmt: skip
    for name in ("MR_small.dcm", "rtplan_truncated.dcm", "image_dfl.dcm", "no_meta.dcm", "ExplVR_BigEnd.dcm"):
        shutil.copy(shipped(name), scans / name)
    (scans / "notes.txt").write_text("no DICOM")
    with zipfile.ZipFile(scans / "ZQ.zip", "w") as archive:
        archive.write(shipped("CT_small.dcm"), "ct.dcm")
        archive.write(shipped("rtplan.dcm"), "plan.dcm")
    (tmp_path / "rows.csv").write_text("file,who\nZQIN/0/ZQ00.dcm,ZQ1\n1/ZQ01.dcm,ZQ2\n")
    command = ("run", "my.deid", "ZQIN", "--var", "who=ZQ3", "--var", f"key={MARKED_KEY}", *options)
    here = deidc(*command, "-o", "here", "--manifest", "m1", "--report", "p1.html", "--quarantine", "q1")
    there = deidc(*command, "-o", "there", "--manifest", "m2", "--report", "p2.html", "--quarantine", "q2", *elsewhere)
    assert here.returncode == 1, here.stderr
    # The summary names the places of the outputs, which are others.
    named = re.sub(r"\b(there|m2|p2\.html|q2)\b", lambda one: OF_ONE_MACHINE[one[0]], there.stdout)
    assert (there.returncode, named, there.stderr) == (here.returncode, here.stdout, here.stderr)
    assert whole(tmp_path / "there") == whole(tmp_path / "here")
    assert records(tmp_path / "m2") == records(tmp_path / "m1")
    assert len(records(tmp_path / "m1")) > 25
    assert any(one["pixels"] is not None for one in records(tmp_path / "m1"))
    assert whole(tmp_path / "q2") == whole(tmp_path / "q1")
    assert bool(whole(tmp_path / "q1")) is ("--dry-run" not in options)
    pages = [(tmp_path / name).read_text(encoding="utf-8") for name in ("p1.html", "p2.html")]
    assert len({re.sub(r"[0-9-]{10} [0-9:]{5} UTC", "", page) for page in pages}) == 1


def test_of_inputs_with_one_name_one_is_written(deidc, recipe, scans, tmp_path, elsewhere):
    """Which of them is a matter of time; the others are refused, and what was written is whole."""
    recipe("FORMAT dicom\n\n%header\nREPLACE SOPInstanceUID 1.2.3\n")
    command = ("run", "my.deid", "ZQIN", "--name-template", "{SOPInstanceUID}.dcm")
    here = deidc(*command, "-o", "here", "--manifest", "m1")
    there = deidc(*command, "-o", "there", "--manifest", "m", *elsewhere)
    named = there.stdout.replace("outputs: there", "outputs: here").replace("manifest: m", "manifest: m1")
    assert (there.returncode, named) == (here.returncode, here.stdout)
    assert here.stderr.count("DC945") == there.stderr.count("DC945") == 19
    (written,) = (one for one in records(tmp_path / "m") if one["outcome"] == "written")
    digest = hashlib.sha256((tmp_path / "there" / "1.2.3.dcm").read_bytes()).hexdigest()
    assert f"sha256:{digest}" in written.values()


@pytest.mark.parametrize("begun_here", [True, False])
def test_a_run_is_continued_by_the_other_engine(deidc, recipe, scans, tmp_path, elsewhere, begun_here):
    """After `kill -9` of the command, whose outputs are whole; nothing is lost, doubled or done again."""
    recipe(CALLING)
    command = (*RUN, "--functions", "slow")
    engines = ((), elsewhere) if begun_here else (elsewhere, ())
    first = subprocess.Popen([sys.executable, "-m", "deidc", *command, *engines[0]], cwd=tmp_path)
    wait_for(lambda: (tmp_path / "out").exists() and len(tree_of(tmp_path / "out")) > 5)
    first.kill()
    first.wait()
    second = deidc(*command, *engines[1])
    assert second.returncode == 0, second.stderr
    assert len(tree_of(tmp_path / "out")) == len(records(tmp_path / "m")) == 20
    assert deidc("manifest", "verify", "m", "out").returncode == 0
    assert outcome_of(deidc(*command, *engines[0])) == "20 unchanged"


def test_a_worker_that_dies_by_chance_costs_nothing(deidc, recipe, scans, dask, tmp_path, elsewhere):
    """Its files are cleaned by others, the one that it died of too, and what it left half-written goes."""
    recipe(CALLING)
    done = deidc(*RUN, "--functions", "dies_once", *elsewhere)
    assert (done.returncode, outcome_of(done)) == (0, "20 written"), done.stderr
    assert (dask.folder / "died").exists()
    assert len(tree_of(tmp_path / "out")) == len(records(tmp_path / "m")) == 20
    assert deidc("manifest", "verify", "m", "out").returncode == 0


def test_a_file_that_kills_workers_is_refused_alone(deidc, recipe, scans, tmp_path, elsewhere):
    """The others are written."""
    recipe(CALLING)
    done = deidc(*RUN, "--functions", "dies", *elsewhere)
    assert (done.returncode, outcome_of(done)) == (1, "19 written, 1 refused"), done.stderr
    assert "ZQIN/1/ZQ04.dcm: refused: DC926" in done.stderr
    assert len(tree_of(tmp_path / "out")) == len(records(tmp_path / "m")) - 1 == 19


def test_from_a_store_to_a_store_though_a_worker_is_killed(deidc, recipe, bucket, tmp_path, tmp_path_factory):
    """Workers have the credentials from their own environment; in the end the store has what one machine puts there."""
    filesystem, name = bucket
    environment = {key: value for key, value in os.environ.items() if key.startswith("AWS_")}
    cluster = DaskProcesses(tmp_path_factory.mktemp("cluster"), environment)
    recipe(CALLING)
    for folder in (cluster.folder, tmp_path):
        (folder / "slow.py").write_text("import time\ndef call():\n    time.sleep(0.1)\n    return 'x'\n")
    data = shipped("rtplan.dcm").read_bytes()
    for number in range(16):
        filesystem.pipe_file(f"{name}/in/{number % 3}/{number}.dcm", data)
    command = ("run", "my.deid", f"s3://{name}/in", "--functions", "slow")
    try:
        cluster.start(workers=1)
        extra = cluster.worker("mortal", before="import sys")
        arguments = [*command, "-o", f"s3://{name}/out", "--engine", "dask", "--scheduler", cluster.address]
        process = subprocess.Popen([sys.executable, "-m", "deidc", *arguments, "--journal", "j"], cwd=tmp_path,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        wait_for(lambda: len(filesystem.find(f"{name}/out")) > 3)
        stop(extra)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out.splitlines()[-2]) == (0, b"16 written"), err
    finally:
        cluster.end()
    assert deidc(*command, "-o", "here").returncode == 0
    put = {one.split("/out/")[1]: filesystem.cat_file(one) for one in filesystem.find(f"{name}/out")}
    assert put == whole(tmp_path / "here")
    assert len(put) == 16


def test_a_run_that_is_stopped_is_continued(deidc, recipe, scans, tmp_path, elsewhere):
    """When the command has ended no worker writes any more, and the same command goes on."""
    recipe(CALLING)
    command = (*RUN, "--functions", "slow", *elsewhere)
    process = subprocess.Popen([sys.executable, "-m", "deidc", *command], cwd=tmp_path, stderr=subprocess.PIPE)
    wait_for(lambda: (tmp_path / "out").exists() and len(tree_of(tmp_path / "out")) > 3)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, b"Traceback" in told) == (130, False), told.decode()
    assert told.decode().splitlines()[-1].endswith("the same command goes on from here")
    written = whole(tmp_path / "out")
    assert len({len(data) for data in written.values()}) <= 2
    assert len(written) < 20
    time.sleep(0.5)
    assert whole(tmp_path / "out") == written
    again = deidc(*command)
    assert (again.returncode, len(tree_of(tmp_path / "out"))) == (0, 20), again.stderr


def test_a_scheduler_that_dies_ends_the_run(deidc, recipe, scans, tmp_path, tmp_path_factory, dask):
    """With exit code 4 and words; this machine brings it to its end."""
    cluster = DaskProcesses(tmp_path_factory.mktemp("cluster"))
    shutil.copy(dask.folder / "slow.py", cluster.folder)
    recipe(CALLING)
    command = (*RUN, "--functions", "slow")
    try:
        cluster.start(workers=1)
        arguments = [*command, "--engine", "dask", "--scheduler", cluster.address]
        process = subprocess.Popen([sys.executable, "-m", "deidc", *arguments], cwd=tmp_path, stderr=subprocess.PIPE)
        wait_for(lambda: (tmp_path / "out").exists() and len(tree_of(tmp_path / "out")) > 3)
        stop(cluster.processes[0])
        _, told = process.communicate(timeout=60)
    finally:
        cluster.end()
    assert (process.returncode, b"Traceback" in told) == (4, False), told.decode()
    assert "no longer answers" in told.decode()
    assert "the same command goes on" in told.decode()
    assert deidc(*command).returncode == 0
    assert deidc("manifest", "verify", "m", "out").returncode == 0


def test_workers_that_differ_are_refused_at_the_start(deidc, recipe, scans, dask, elsewhere, tmp_path):
    """Misuse, before the first file; each is named with what it has."""
    recipe(PLAIN)
    python = "one.sys = types.SimpleNamespace(version_info=types.SimpleNamespace(major=3, minor=99))"
    odd = [
        dask.worker(f"odd-{number}", before=before, threads=threads, wait=False)
        for number, (before, threads) in enumerate([
            ("import deidc.version; deidc.version.__version__ = '9.9'", 1),
            (f"import deidc.batch.cluster.worker as one, types; {python}", 1),
            ("import sys; sys.modules['deidc'] = None", 1),
            ("import sys", 3),
        ])
    ]  # fmt: skip
    try:
        for number in range(len(odd)):
            dask.registered(f"odd-{number}")
        done = deidc(*RUN, *elsewhere)
    finally:
        for one in odd:
            stop(one)
    assert done.returncode == 2
    for said in (
        "it has deidc 9.9 in place of",
        "it has Python 3.99 in place of",
        "deidc does not answer on it",
        "it has 3 threads",
    ):
        assert said in done.stderr, done.stderr
    assert not (tmp_path / "out").exists()


def test_misuse_is_told_before_the_first_file(deidc, recipe, scans, tmp_path):
    """Exit code 2, a sentence, and nothing written; also where nobody listens."""
    recipe(PLAIN)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        to = ("--engine", "dask", "--scheduler")
        for options, said in (
            (("--engine", "dask"), "needs --scheduler"),
            (("--scheduler", "tcp://127.0.0.1:1"), "--engine dask"),
            ((*to, "127.0.0.1:8786"), "is not an address"),
            ((*to, "tcp://127.0.0.1:8786", "--jobs", "2"), "--jobs"),
            ((*to, f"tcp://127.0.0.1:{closed.getsockname()[1]}"), "cannot be reached"),
        ):
            done = deidc(*RUN, *options)
            assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()


def test_a_server_that_says_nothing_is_given_up():
    """After a bounded time."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ClusterError, match="does not answer"), cluster_at(address, connect_within=0.5):
            pass


def test_without_the_extra_it_is_named(recipe, scans, tmp_path):
    """Where Dask is not installed, files are cleaned as ever, and a cluster is misuse."""
    recipe(PLAIN)
    script = ("import sys; sys.modules['distributed'] = sys.modules['dask'] = None; "
              "from deidc.cli import main; main()")  # fmt: skip

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", script, *RUN, *options], cwd=tmp_path, capture_output=True,
                              text=True, check=False)  # fmt: skip

    done = run("--engine", "dask", "--scheduler", "tcp://127.0.0.1:8786")
    assert (done.returncode, "deidc[dask]" in done.stderr) == (2, True), done.stderr
    assert run().returncode == 0


def test_a_worker_that_does_not_see_the_output_folder_takes_no_part(tmp_path):
    """Or outputs would be scattered over the disks of machines."""
    work = Parcel.of(Work(compile_recipe(PLAIN), Settings(tmp_path)))
    taken, told = accept(versions(), work, str(tmp_path / "permit-of-another-machine"))
    assert (taken, "the same folder on all machines" in told) == (False, True)


def test_a_worker_that_does_not_see_the_quarantine_takes_no_part(tmp_path):
    """A file in it shows that the folder is the same on that machine: what is set apart lies in one place."""
    program = compile_recipe(PLAIN)
    (tmp_path / "there").touch()
    for name, taken in (("there", True), ("elsewhere", False)):
        work = Work(program, Settings(tmp_path, quarantine=tmp_path), seen=(tmp_path / name,))
        accepted, told = accept(versions(), Parcel.of(work), None)
        assert (accepted, "quarantine" in told) == (taken, not taken)


def test_a_worker_that_cannot_look_for_text_takes_no_part(tmp_path):
    """It says what it lacks, in place of refusing every file."""
    text = "FORMAT dicom\n\n%filter graylist\n\nLABEL one\n  present Rows\n  coordinates ocr:nobody\n"
    accepted, told = accept(versions(), Parcel.of(Work(compile_recipe(text), Settings(tmp_path))), None)
    assert (accepted, "lacks a package" in told, "nobody" in told) == (False, True, True)


def test_nothing_of_the_data_is_in_the_logs_of_dask(deidc, recipe, scans, dask, tmp_path, elsewhere):
    """Neither names of files nor values nor variables, whatever a function raises; after all the tests above, too."""
    recipe(CALLING)
    done = deidc(*RUN, "--functions", "tells", *elsewhere)
    assert outcome_of(done) == "18 written, 2 refused", done.stderr
    assert "accept" in dask.log()
    assert SECRET not in dask.log()


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.05)

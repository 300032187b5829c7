"""A store that speaks S3, as a process: fixtures."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request

import pytest


@pytest.fixture(scope="session")
def store():
    """Start a server that speaks S3; return the environment that leads to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=5).close()
            break
        except OSError:
            assert time.monotonic() < end, "the server does not answer"
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)
    yield {
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture
def bucket(store, monkeypatch, tmp_path):
    """Return a file system of the store with a bucket of its own."""
    import s3fs

    for name, value in store.items():
        monkeypatch.setenv(name, value)
    filesystem = s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False)
    name = f"b{abs(hash(tmp_path))}"
    filesystem.mkdir(name)
    return filesystem, name

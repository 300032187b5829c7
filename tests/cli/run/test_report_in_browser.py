"""The page of a run in Chromium, from the disk and without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.cli.run.test_report import RECIPE
from tests.cli.test_preview import FOLDER, cine
from tests.files import copy_of

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1200,1600",
)  # fmt: skip
FILES = 130  # more than one page of the list has


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Start Chromium; where it is missing the tests are skipped, unless DEIDC_CHROMIUM=required forbids that."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    found = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if None in found:
        assert os.environ.get("DEIDC_CHROMIUM") != "required", "chromium and chromedriver have to be installed here"
        pytest.skip("chromium or chromedriver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = str(found[0])
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(found[1])))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A page of a run over images to be cleaned, one to be held back, one to be refused and many without pixels."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "scans").mkdir()
    shutil.copy(FOLDER / "GREYSCALE_IMAGE.dcm", folder / "scans")
    cine(folder / "scans" / "cine.dcm", 3)
    copy_of("CT_small.dcm", folder / "scans" / "ct.dcm")
    (folder / "scans" / "empty.dcm").write_bytes(b"")
    for number in range(FILES - 4):
        copy_of("rtplan.dcm", folder / "scans" / "z" / f"{number:03}.dcm")
    (folder / "my.deid").write_text(RECIPE)
    command = (
        sys.executable,
        "-m",
        "deidc",
        "run",
        "my.deid",
        "scans",
        "-o",
        "out",
        "--report",
        "page.html",
        "--quiet",
    )
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return folder


@pytest.fixture
def shown(browser, folder):
    """The page, just opened from the disk."""
    browser.get_log("performance")
    browser.get((folder / "page.html").as_uri())
    return browser


def rows(browser) -> list[list[str]]:
    script = "return [...document.querySelectorAll('#rows tr')].map(row => [...row.cells].map(cell => cell.innerText))"
    return browser.execute_script(script)


def choose(browser, control: str, text: str) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select

    Select(browser.find_element(By.ID, control)).select_by_visible_text(text)


def click(browser, selector: str) -> None:
    browser.execute_script("document.querySelector(arguments[0]).click()", selector)


def test_files_are_chosen_by_outcome_label_reason_and_words(shown):
    """Each control leaves the files that it names, together they leave what all of them do, and Clear has all again."""
    assert len(rows(shown)) == 100
    choose(shown, "outcome", "flagged")
    (row,) = rows(shown)
    assert (row[1], row[2]) == ("flagged", "blacklist/Somebody's scan")
    choose(shown, "outcome", "all")
    choose(shown, "label", "graylist/Banner")
    assert [(row[1], row[3]) for row in rows(shown)] == [("written", "1"), ("written", "3")]
    choose(shown, "outcome", "refused")
    assert rows(shown) == []
    assert shown.find_element("id", "no-rows").is_displayed()
    click(shown, "#clear")
    shown.find_element("id", "words").send_keys("REFUSED dc9")
    (row,) = rows(shown)
    assert row[1] == "refused"
    assert shown.find_element("id", "found").text == f"1 of {FILES} files"
    click(shown, "#clear")
    click(shown, ".outcome.flagged")
    assert len(rows(shown)) == 1
    assert shown.find_element("css selector", ".outcome.flagged").get_attribute("aria-pressed") == "true"
    click(shown, ".outcome.flagged")
    click(shown, "[data-filter=reason]")
    assert [row[1] for row in rows(shown)] == ["refused"]


def test_all_files_are_reached_page_by_page(shown):
    """The two pages of the list have each file once."""
    first = rows(shown)
    click(shown, "#rows-after")
    second = rows(shown)
    assert sorted(int(row[0]) for row in first + second) == list(range(FILES))
    assert not shown.find_element("id", "rows-after").is_enabled()


def test_pictures_are_displayed_and_chosen_with_the_files(shown):
    """Each picture is decoded, and has words for those who do not see it; filters choose among them too."""
    sizes = (
        "return [...document.querySelectorAll('#pictures img')].map(one => [one.complete && one.naturalWidth, one.alt])"
    )
    found = shown.execute_script(sizes)
    assert len(found) == 3
    assert all(width > 0 and alt.startswith("file ") for width, alt in found)
    choose(shown, "outcome", "flagged")
    assert len(shown.execute_script(sizes)) == 1
    assert "regions only" in shown.find_element("css selector", "#pictures figcaption").text


def test_nothing_is_asked_of_a_network_and_nothing_is_forbidden(shown):
    """The only request is for the page itself, and the console has no complaint, as one against the policy would be."""
    import json

    messages = [json.loads(one["message"])["message"] for one in shown.get_log("performance")]
    asked = {one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"}
    assert {one for one in asked if not one.startswith("data:image/png;base64,")} == {shown.current_url}
    assert shown.current_url.startswith("file://")
    assert shown.get_log("browser") == []


def test_the_page_can_be_used_by_keyboard(shown):
    """Tab leads to every control, each has a name, and Enter on an outcome chooses it."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    names = []
    for _ in range(12):
        ActionChains(shown).send_keys(Keys.TAB).perform()
        active = shown.switch_to.active_element
        names.append(active.accessible_name)
        if active.get_attribute("class") == "outcome flagged":
            ActionChains(shown).send_keys(Keys.ENTER).perform()
            assert len(rows(shown)) == 1
    assert all(names)
    assert any(name.startswith("outcome") for name in names)

"""The page of a run: what stands on it is text, whatever is in it, and nothing of it comes from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from deidc.render.run_page import FileRow, LabelCount, OutcomeCount, Page, PagePicture, Reason, RuleCount, is_page
from deidc.render.run_page import rendered as render


def page_with(text: str) -> Page:
    """A page on which a text stands everywhere."""
    return Page(
        headline=text,
        warnings=(text,),
        notes=(text,),
        facts=((text, text),),
        outcomes=(OutcomeCount("written", 1, text),),
        reasons=(Reason(text, text, text, text, 1),),
        labels=(LabelCount(text, text, text, 1, 1),),
        rules=(RuleCount(text, text, 1, ((text, 1), (text, 2))),),
        idle=(text,),
        slowly=((text, 1),),
        rows=(FileRow(0, 0, (0,), (0,), 1, 1, 0),),
        rows_told=text,
        pictures=(PagePicture(b"PNG", text), PagePicture(None, text)),
        pictures_told=text,
    )


PLAIN = page_with("word")


@given(
    st.text(min_size=1, max_size=40)
    | st.sampled_from(["</script><script>x", "<img src=x>", "<!--", '" onload="x', "]]>"])
)
@settings(max_examples=15)
def test_whatever_stands_on_the_page_is_text(text):
    """Words of recipes make no element, no attribute and no comment; what cannot be seen of them is there as a code."""
    shown = "".join(one if one.isprintable() else f"<U+{ord(one):04X}>" for one in text)
    found = render(page_with(text))
    assert re.findall(r"<[a-z!/][a-z]*", found) == re.findall(r"<[a-z!/][a-z]*", render(PLAIN))
    data = re.search(r'id="data">(.*?)</script>', found, re.DOTALL)
    assert data is not None
    document = json.loads(data[1])
    assert document["labels"] == [shown]
    assert document["pictures"] == [
        {"png": base64.b64encode(b"PNG").decode(), "shows": shown},
        {"png": None, "shows": shown},
    ]
    assert document["rows"] == [[0, 0, [0], [0], 1, 1, 0]]


def test_the_page_forbids_all_requests_and_all_scripts_but_its_own():
    """Its policy names the digests of its style and its script, and allows nothing else but pictures in the page."""
    found = render(PLAIN)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', found)
    assert policy is not None
    style = re.search(r"<style>(.*?)</style>", found, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", found, re.DOTALL)
    assert style is not None
    assert script is not None
    digests = [base64.b64encode(hashlib.sha256(one[1].encode()).digest()).decode() for one in (style, script)]
    assert policy[1].replace("&#39;", "'").split("; ") == [
        "default-src 'none'",
        "img-src data:",
        f"style-src 'sha256-{digests[0]}'",
        f"script-src 'sha256-{digests[1]}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not re.search(r"(src|href|srcset|url\(|@import|action)\s*=?\s*[\"'(]?\s*(https?:)?//", found)


def test_a_page_is_known_by_its_beginning():
    """A page of a run is told from other HTML by its first bytes."""
    assert is_page(render(PLAIN).encode()[:200])
    assert not is_page(b"<!doctype html>\n<html>")

"""The pages in docs/ say what is true: their Python runs in order, and prints what stands below it.

``python -m tests.test_docs`` writes what it prints now into the pages.
"""

import contextlib
import io
import re

import pytest

from autograd.system.files import write_whole
from tests import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(page.name for page in DOCS.glob("*.md"))
#: A block of code, and the output that stands below it, if any.
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n^```text\n(?P<output>.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def rewritten(page: str, text: str) -> str:
    """The page with the output that its code prints."""
    scope = {"__name__": page}

    def run(block: re.Match[str]) -> str:
        line = text[: block.start("code")].count("\n")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):  # the empty lines put the page's line number into tracebacks
            exec(compile("\n" * line + block["code"], str(DOCS / page), "exec"), scope)  # noqa: S102 - our own page
        code = f"```python\n{block['code']}```\n"
        return f"{code}\n```text\n{printed.getvalue()}```\n" if printed.getvalue() else code

    return BLOCK.sub(run, text)


@pytest.mark.parametrize("page", PAGES)
def test_code_prints_what_stands_below_it(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    assert rewritten(page, text) == text


def test_an_output_that_is_not_true_is_seen():
    page = "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n"
    assert rewritten("page.md", page) == page.replace("3", "2")


def test_the_compiler_s_page_was_found():
    text = (DOCS / "compiler.md").read_text(encoding="utf-8")
    assert len([block for block in BLOCK.finditer(text) if block["output"]]) >= 8


def test_links_exist():
    for page in PAGES:
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", (DOCS / page).read_text(encoding="utf-8")):
            assert (DOCS / target).exists(), target


if __name__ == "__main__":
    for page in PAGES:
        path = DOCS / page
        write_whole(path, rewritten(page, path.read_text(encoding="utf-8")))

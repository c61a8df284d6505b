"""What the documentation does beyond Sphinx, asking nothing of who writes a page.

- A block ```{printed} KIND NAMES is replaced by what tools/reference.py prints.
- `messages.post` or `TextMessage`, written as code in any page, leads to its place in the reference.
- A block ```python file=NAME shows its name.
- A picture that is an SVG is put into the page, so that it takes the page's colours, light or dark.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import reference
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.util.nodes import make_refnode

import parhelion

CODE = [Path(reference.__file__)]
CODE += [
    file
    for room in ("wire", "operations", "client", "testing")
    for file in Path(parhelion.__file__).parent.glob(f"{room}/*.py")
]
PRINTED = re.compile(r"^```\{printed\} (\w+)(.*)\n```$", re.MULTILINE)
FILE = re.compile(r"^(```)python file=(\S+)$", re.MULTILINE)
CALL = re.compile(r"(?:await )?(?:client\.)?([A-Za-z_][\w.]*)(?:\(.*\))?", re.DOTALL)
PLACES = ("parhelion.", "client.", "parhelion.testing.", "parhelion.receive.", "")


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx."""
    app.connect("source-read", print_reference)
    app.connect("include-read", from_above)
    app.connect("doctree-resolved", link_names)
    app.connect("doctree-resolved", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def print_reference(app: Sphinx, docname: str, source: list[str]) -> None:
    """The stubs of docs/reference become pages, what a folder's README lists is found, and files have their names."""
    source[0] = FILE.sub(r"\1{code-block} python\n:caption: \2\n", source[0])
    if PRINTED.search(source[0]):
        for file in CODE:
            app.env.note_dependency(str(file), docname=docname)
    source[0] = PRINTED.sub(lambda found: reference.printed(found[1], found[2].split()), source[0])
    if not Path(app.srcdir, "benchmarks.md").exists():  # a whole `make bench` writes it
        source[0] = source[0].replace("\nbenchmarks\n", "\n")
    if docname.endswith("/README"):
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"


def from_above(app: Sphinx, path: Path, docname: str, content: list[str]) -> None:  # noqa: ARG001 - Sphinx gives them
    """Of what CONTRIBUTING.md points at, the licence is the only file that is no page."""
    content[0] = re.sub(r"\[([^]]+)\]\(LICENSE\)", r"\1", content[0])


def link_names(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Names of the reference lead there."""
    domain = app.env.domains.python_domain
    for literal in list(doctree.findall(nodes.literal)):
        if any(isinstance(each, nodes.reference | nodes.title | nodes.pending) for each in ancestors(literal)):
            continue
        if found := named(domain, literal.astext()):
            name, place, anchor = found
            link = make_refnode(app.builder, docname, place, anchor, literal.deepcopy(), name)
            literal.replace_self(link)


def named(domain: PythonDomain, text: str) -> tuple[str, str, str] | None:
    """The object that is meant, with its page and its place there."""
    if call := CALL.fullmatch(text):
        for place in PLACES:
            if found := domain.objects.get(place + call[1]):
                return place + call[1], found.docname, found.node_id
    return None


def ancestors(node: nodes.Node) -> list[nodes.Node]:
    """What a node is in."""
    found: list[nodes.Node] = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


def draw(app: Sphinx, doctree: nodes.document, docname: str) -> None:  # noqa: ARG001 - Sphinx gives it
    """Pictures that can change their colours."""
    for image in list(doctree.findall(nodes.image)):
        path = Path(app.srcdir, image["uri"])
        if app.builder.format == "html" and path.suffix == ".svg":
            said = f'<svg aria-label="{html.escape(image["alt"])}" '
            drawing = path.read_text(encoding="utf-8").replace("<svg ", said, 1)
            image.replace_self(nodes.raw("", drawing, format="html"))

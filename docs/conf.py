"""How the documentation is built: `make docs`. What it does beyond Sphinx is in tools/docsite.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

from parhelion import __version__

project = "Parhelion"
author = "the Parhelion authors"
version = release = __version__
html_title = "Parhelion"
html_show_copyright = False
html_show_sphinx = False

extensions = ["myst_parser", "docsite"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3

smartquotes = False
add_module_names = False
python_maximum_signature_line_length = 88
python_display_short_literal_types = True
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["house.css"]
html_js_files = ["copy.js"]
html_copy_source = False
html_show_sourcelink = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"

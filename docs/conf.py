"""The documentation as a site: `python -m sphinx -W -n --keep-going docs build/site`.

The pages are plain Markdown that can be read as they are. What is made from the code stands in them
as `<!-- generated: NAME -->`, and the navigation is made from the lists of `index.md`.
"""

import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "site"))

extensions = ["myst_parser", "sphinx.ext.autodoc", "from_code", "from_index"]

project = "Ringback"
author = "The Ringback developers"
version = release = metadata.version("ringback")
copyright = author

exclude_patterns = ["site", "pictures"]
myst_heading_anchors = 3
# Docstrings have code in single backticks, as Markdown has.
default_role = "code"
nitpick_ignore_regex = [("py:.*", r"(?!ringback\.[A-Z]).*")]  # names that are not public

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
autodoc_preserve_defaults = True
python_display_short_literal_types = True
add_module_names = False

html_theme = "furo"
html_title = f"Ringback {release}"
html_static_path = ["site/static"]
html_css_files = ["ringback.css"]
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"sidebar_hide_name": False}
pygments_style = "default"
pygments_dark_style = "native"

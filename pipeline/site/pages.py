"""Pages from templates: every word in them escaped, what nobody sees taken out, scripts and styles by their hashes."""

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.surfaces import address, clean

_ASSETS = resources.files("pipeline.site").joinpath("assets")


class Asset(NamedTuple):
    """A script or a style, as it stands in a page."""

    text: Markup
    hash: str
    """As a content security policy names it."""


@cache
def asset(*names: str) -> Asset:
    """Our own small files, one behind the other. A page needs nothing beside itself, and runs nothing else."""
    text = "\n".join(_ASSETS.joinpath(name).read_text("utf-8").strip() for name in names)
    made = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Asset(Markup(text), f"'sha256-{made}'")  # noqa: S704  # ours, of this package


def _shown(value: Any) -> Any:
    """What an expression of a template comes to: words without signs that nobody sees."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def as_json(value: Any) -> Markup:
    """Data for a page's script, inside a block that the browser does not run; nothing in it can end that block."""
    text = json.dumps(_cleaned(value), ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  # every sign that HTML knows is spelled out


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list | tuple) else value


def policy(style: Asset, script: Asset | None) -> str:
    """The content security policy of a page: its own script and style, pictures of its own place, and nothing else."""
    runs = script.hash if script else "'none'"
    return (
        f"default-src 'none'; img-src 'self' file: data:; style-src {style.hash}; script-src {runs};"
        " connect-src 'self'; form-action 'self'; base-uri 'none'"
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("pipeline.site", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["address"] = address
    made.filters["json"] = as_json
    return made


def render(template: str, scripts: tuple[str, ...], **values: Any) -> bytes:
    """A page, as UTF-8."""
    style, script = asset("site.css"), asset(*scripts) if scripts else None
    frame = {"style": style.text, "script": script.text if script else "", "policy": policy(style, script)}
    return _environment().get_template(template).render(**values, **frame).encode("utf-8", "replace")

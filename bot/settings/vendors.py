"""The settings of vendors: keys and addresses. Each lies in the environment alone, under the name that the vendor's own
tools use, too.
"""

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings


def _kept(value: SecretStr | None) -> SecretStr | None:
    """An empty secret is no secret: nothing may be signed with it. One that no header can carry is a slip."""
    said = value.get_secret_value().strip() if value else ""
    if not (said.isascii() and said.isprintable()):
        raise ValueError("it holds characters that no key has: copy it again")
    return value if said else None


def _reached(value: str | None) -> str | None:
    try:
        parts = urlsplit(value or "")
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if value and not good:
        raise ValueError("it is no address such as https://labs.example.com")
    return value


Secret = Annotated[SecretStr | None, AfterValidator(_kept)]
"""A key or token; never printed, never in labs.toml."""
Web = Annotated[str | None, AfterValidator(_reached)]
"""An address of HTTP."""


def vendor_setting(name: str, description: str) -> Any:
    """A vendor's setting under its own name in the environment, and with `LABS_` before it."""
    return Field(
        default=None, description=description, validation_alias=AliasChoices(name.upper(), f"LABS_{name.upper()}", name)
    )


class VendorSettings(BaseSettings):
    """A part of the settings."""

    anthropic_api_key: Secret = vendor_setting("anthropic_api_key", "Claude judges (sk-ant-…).")
    anthropic_base_url: Web = vendor_setting("anthropic_base_url", "Another address of Anthropic's API.")
    replicate_api_token: Secret = vendor_setting("replicate_api_token", "Trainings and images are made with it (r8_…).")
    replicate_base_url: Web = vendor_setting("replicate_base_url", "Another address of Replicate's API.")
    fashn_api_key: Secret = vendor_setting("fashn_api_key", "For FASHN in bake-offs.")
    fashn_base_url: Web = vendor_setting("fashn_base_url", "Another address of FASHN's API.")
    magnific_api_key: Secret = vendor_setting("magnific_api_key", "For upscales with Magnific.")
    magnific_base_url: Web = vendor_setting("magnific_base_url", "Another address of Magnific's API.")
    magnific_webhook_secret: Secret = vendor_setting(
        "magnific_webhook_secret", "It shows that a report is Magnific's own, in HTTP mode."
    )

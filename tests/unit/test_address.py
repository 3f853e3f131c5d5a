"""The address of a shared ledger: what is one, and that its password is seen nowhere."""

from pathlib import Path

import pytest

from bot.settings.address import Address
from bot.settings.environment import looked_at
from pipeline.scrub import scrub

SECRET = "hushed-up-word"  # noqa: S105  # of nobody
URI = f"postgresql://labs:{SECRET}@db.example.com:5433/lab"


def test_only_host_and_name_are_shown() -> None:
    address = Address.read(URI)

    assert str(address) == "postgresql://db.example.com:5433/lab"
    assert SECRET not in f"{address!r} {address}"
    assert address.password == SECRET
    assert address == Address.read(URI)


@pytest.mark.parametrize(
    "said", ["mysql://labs@db.example.com/lab", "postgresql://db.example.com", "postgresql://db.example.com:99999/lab"]
)
def test_what_is_no_such_address_is_named(said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABS_ROOT", str(tmp_path))
    monkeypatch.setenv("LABS_DB", said)

    _settings, wrong = looked_at()

    assert [one for one in wrong if one.startswith("db: it is neither")]
    assert said not in " ".join(wrong)


def test_its_password_is_scrubbed_and_does_not_belong_into_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABS_ROOT", str(tmp_path))
    (tmp_path / "labs.toml").write_text(f'db = "{URI}"\n', "utf-8")

    settings, wrong = looked_at()

    assert wrong == ["the password in db stands in labs.toml; secrets belong into the environment."]
    assert settings is not None
    assert settings.ledger_at == Address(URI)
    assert SECRET not in scrub(f"a server's words with {SECRET} in them")
    assert SECRET not in repr(settings)

"""Settings: the environment first, then `labs.toml` in the lab's root."""

import re
import tomllib
import zoneinfo
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.settings.address import Address
from bot.settings.slack import SlackSettings
from bot.settings.training import TrainingSettings
from bot.settings.vendors import VendorSettings, Web
from bot.settings.waits import Waits, end_of_span
from pipeline.errors import LabError
from pipeline.evidence.verdict import PROCEED_THRESHOLD
from pipeline.judging.claude import DEFAULT_MODEL
from pipeline.models import PASS_THRESHOLD
from pipeline.money import micros
from pipeline.plan.inputs import Defaults, TrainingDefaults
from pipeline.prices import MODELS
from pipeline.reading import read_bounded, words_of

Usd = Annotated[Decimal, Field(ge=0, le=100_000)]
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,}")
Rate = Annotated[float, Field(gt=0, le=1)]


class _Toml(TomlConfigSettingsSource):
    """`labs.toml`, also as an editor left it that puts a mark before its text."""

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        try:
            return tomllib.loads(words_of(read_bounded(file_path, 1_000_000)))
        except LabError as error:
            raise ValueError(str(error).rstrip(".")) from None


class Settings(SlackSettings, TrainingSettings, VendorSettings, Waits, BaseSettings):
    """Everything that can be set; each key also as `LABS_…` in the environment. Secrets never print."""

    model_config = SettingsConfigDict(
        env_prefix="LABS_",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
    )

    root: Path = Field(description="The lab's folder, with `inputs/` and `runs/`.")
    db: Path | Address | None = Field(
        default=None,
        description="The ledger: a file, by default `ledger.db` in the lab's folder; or `postgresql://…`, with its"
        " password by `LABS_DB` in the environment alone.",
        examples=["/srv/labs/ledger.db"],
    )
    approvers: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Slack ids of those who may approve plans.", examples=[["U0123456789"]]
    )
    operators: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="OS users who may approve and resume from a shell.", examples=[["ada"]]
    )
    timezone: str = Field(default="UTC", description="For days, budgets and times of day.")

    approval_above_usd: Usd = Field(
        default=Decimal(2), description="A plan whose upper estimate is above this waits for an approver."
    )
    self_approve_below_usd: Usd = Field(
        default=Decimal(5), description="Up to this an approver may approve a plan of their own."
    )
    approval_expires_h: float = Field(default=24, gt=0, description="Hours after which a waiting plan expires.")
    budget_job_usd: Usd = Field(default=Decimal(10), description="The most that one job may spend.")
    budget_person_day_usd: Usd = Field(
        default=Decimal(20), description="The most that one person's jobs may spend a day."
    )
    budget_month_usd: Usd = Field(default=Decimal(200), description="The most that the lab may spend a month.")
    repeat_unknown_below_usd: Usd = Field(
        default=Decimal("0.05"), description="A lost answer below this is asked for once more."
    )

    judge_model: str = Field(default=DEFAULT_MODEL, description="The judge, where a request names none.")
    judge_concurrency: int = Field(default=20, ge=1, le=200, description="Judge calls at once.")
    image_concurrency: int = Field(
        default=10, ge=1, le=600, description="Images ordered at once; fewer when the vendor asks."
    )
    pass_threshold: Rate = Field(default=PASS_THRESHOLD, description="The score from which an axis passes.")
    proceed_threshold: Rate = Field(
        default=PROCEED_THRESHOLD, description="The pass rate from which Q1 and Q4 say PROCEED."
    )

    controls: int = Field(
        default=2, ge=0, le=9, description="Photographs of the person, and as many of others, in each judging."
    )

    warm_cache: bool = Field(
        default=True, description="Have the judge's cache filled by a call of its own before the first judgement."
    )

    reader_model: str = Field(
        default="claude-haiku-4-5",
        description="Claude that reads what the grammar cannot; a person confirms each reading.",
    )
    reader_budget_day_usd: Usd = Field(
        default=Decimal("0.50"), description="The most that such readings may cost a day; 0: none."
    )
    reader_timeout_s: float = Field(default=20, gt=0, description="Seconds after which a reading is given up.")
    question_open_h: float = Field(
        default=24, gt=0, description="Hours in which a question of the bot can be answered."
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is logged: `debug`, `info`, `warning` or `error`."
    )

    host: str = Field(default="127.0.0.1", description="The address that HTTP mode and pages listen on.")
    port: int = Field(
        default=3000,
        ge=0,
        le=65535,
        description="The port that HTTP mode and pages listen on.",
        validation_alias=AliasChoices("PORT", "LABS_PORT", "port"),
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Where `/metrics` for Prometheus listens, on 127.0.0.1 alone.",
        examples=[9464],
    )
    public_url: Web = Field(
        default=None,
        description="This bot's own https address, for pages, and for webhooks in HTTP mode.",
        examples=["https://labs.example.com"],
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        root = init_settings().get("root") or env_settings().get("root")
        if root is None:
            return init_settings, env_settings
        return (init_settings, env_settings, _Toml(settings_cls, toml_file=Path(str(root)) / "labs.toml"))

    @field_validator("approvers", "operators", "allowed_teams", "also_channels", "consent_bases", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """`U1,U2` in the environment, a list in the file."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("db", mode="before")
    @classmethod
    def _database(cls, value: object) -> object:
        """Its password is a secret: such an address never prints."""
        if isinstance(value, str) and "://" in value:
            return Address.read(value)
        return value

    @field_validator("approvers")
    @classmethod
    def _slack_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """A name would never match: whoever was meant could not approve."""
        if strange := [one for one in value if not _SLACK_ID.fullmatch(one)]:
            raise ValueError(
                f"{strange[0]!r} is no Slack id. An id looks like U012ABCDEF: in Slack, open the person's profile, then"
                " ⋮ and “Copy member ID”"
            )
        return value

    @field_validator("public_url")
    @classmethod
    def _secure(cls, value: str | None) -> str | None:
        """Replicate reports to https alone; loopback is for tests."""
        parts = urlsplit(value or "")
        if value and not (parts.scheme == "https" or parts.hostname in {"127.0.0.1", "localhost"}):
            raise ValueError("must begin with https://")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must end with its host: pages and webhooks have paths of their own")
        usual = {"https": 443, "http": 80}.get(parts.scheme)
        port = f":{parts.port}" if parts.port not in {None, usual} else ""
        return f"{parts.scheme}://{parts.hostname}{port}" if value else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value)  # a list of all of them takes a tenth of a second at each start
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("no such timezone; one is called like Europe/Berlin") from None
        return value

    @field_validator("judge_model", "reader_model")
    @classmethod
    def _priced(cls, value: str) -> str:
        if value not in MODELS:
            raise ValueError(f"no price is known for it; known: {', '.join(sorted(MODELS))}")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.approval_above_usd > self.budget_job_usd:
            raise ValueError("approval_above_usd lies above budget_job_usd: nothing could ever be approved")
        if self.budget_job_usd > self.budget_month_usd:
            raise ValueError("budget_job_usd lies above budget_month_usd")
        return self

    @property
    def ledger_at(self) -> Path | Address:
        return self.db or self.root / "ledger.db"

    @property
    def defaults(self) -> Defaults:
        return Defaults(
            model=self.judge_model,
            pass_threshold=self.pass_threshold,
            proceed_threshold=self.proceed_threshold,
            concurrency=self.judge_concurrency,
            image_concurrency=self.image_concurrency,
            controls=self.controls,
            training=TrainingDefaults(
                trainer=self.trainer,
                prompts=self.matrix_prompts,
                seeds=self.matrix_seeds,
                aspect=self.matrix_aspect,
                consent_bases=self.consent_bases,
                owner=self.replicate_owner,
            ),
            allowed=self.consent_vendors,
        )

    @property
    def simulated(self) -> bool:
        """The judge's address is this machine: what it says is simulated."""
        return urlsplit(self.anthropic_base_url or "").hostname in {"127.0.0.1", "localhost", "::1"}

    @property
    def repeat_below_micros(self) -> int:
        return micros(self.repeat_unknown_below_usd)

    def quiet_until(self, now: float) -> float:
        """The end of the quiet hours that `now` lies in; 0 outside of them."""
        local = datetime.fromtimestamp(now, zoneinfo.ZoneInfo(self.timezone))
        return end_of_span(self.quiet_hours, local)

    def day(self, now: float) -> str:
        """`2026-11-23`, in the lab's timezone."""
        return datetime.fromtimestamp(now, zoneinfo.ZoneInfo(self.timezone)).date().isoformat()

"""The environment, read once and typed. Every setting has a default that works on one machine."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

WATCHED = ("AAPL", "MSFT", "AMZN", "META", "GOOGL", "NFLX", "NVDA", "SPY")
"""What a desk with a reachable vendor watches at first."""


class Settings(BaseSettings):
    """`OPENBELL_*` variables; `.env.example` lists them."""

    model_config = SettingsConfigDict(env_prefix="OPENBELL_", extra="ignore", frozen=True)

    home: Path = Field(default=Path("~/.openbell"), description="the data folder")
    host: str = Field(
        default="127.0.0.1", description="the address the desk listens on; beyond loopback with passwords only"
    )
    names: str = Field(default="", description="the names the desk may be called by, such as desk.example.org")
    proxies: str = Field(
        default="127.0.0.1",
        description="the proxies whose word counts for where a request comes from, where names are set",
    )
    signup: Literal["invite", "open"] = Field(
        default="invite", description="who may join: the invited, or whoever reaches the desk, as a viewer"
    )
    port: int = Field(default=8000, ge=1, le=65535, description="the port the desk listens on")
    offline: bool = Field(default=False, description="never contact a vendor")
    demo: bool = Field(default=False, description="open the simulated market")
    demo_seed: int = Field(default=1792, description="the seed of the simulated market")
    providers: str = Field(default="yahoo,alphavantage", description="vendors in the order they are asked")
    yahoo_url: str = Field(default="https://query2.finance.yahoo.com", description="the address of Yahoo's API")
    yahoo_cookie_url: str = Field(default="https://fc.yahoo.com/", description="where Yahoo hands out its cookie")
    alphavantage_url: str = Field(
        default="https://www.alphavantage.co", description="the address of Alpha Vantage's API"
    )
    alphavantage_key: SecretStr | None = Field(
        default=None, description="the key for Alpha Vantage; without it, unused"
    )
    streams: str = Field(default="yahoo", description="vendors that push prices, in the order they are listened to")
    yahoo_stream_url: str = Field(
        default="wss://streamer.finance.yahoo.com/?version=2", description="the address of Yahoo's stream"
    )
    alpaca_key: SecretStr | None = Field(default=None, description="the key for Alpaca's stream; without it, unused")
    alpaca_secret: SecretStr | None = Field(default=None, description="the secret that belongs to the key")
    alpaca_feed: Literal["iex", "sip"] = Field(default="iex", description="IEX alone, or all exchanges (paid)")
    alpaca_stream_url: str = Field(
        default="wss://stream.data.alpaca.markets/v2", description="the address of Alpaca's stream"
    )
    finnhub_key: SecretStr | None = Field(default=None, description="the key for Finnhub's stream; without it, unused")
    finnhub_stream_url: str = Field(default="wss://ws.finnhub.io", description="the address of Finnhub's stream")
    schwab_preferences: Path | None = Field(
        default=None, description="the file with Schwab's answer to GET /trader/v1/userPreference; without it, unused"
    )
    schwab_token: Path | None = Field(
        default=None, description="the file with the access token; read for each connection"
    )
    archive: Path | None = Field(
        default=None, description="the folder in which what streams say is kept, word for word"
    )
    replay: Path | None = Field(default=None, description="what the stream `replay` plays: a file or a folder")
    replay_speed: float = Field(default=1.0, ge=0, description="seconds of market in a second; 0: as fast as can be")
    lake_url: str = Field(default="", description="the folder of the lake; empty: OPENBELL_HOME/lake")
    log_url: str = Field(default="", description="the file of the log; empty: OPENBELL_HOME/log.db")
    ledger_url: str = Field(default="", description="the ledger's SQLAlchemy address; empty: OPENBELL_HOME/ledger.db")

    @property
    def called(self) -> frozenset[str]:
        """The names that a browser may call the desk by, besides those of loopback."""
        return frozenset(name.strip().lower() for name in (self.host, *self.names.split(",")) if name.strip())

    oidc_issuer: str = Field(default="", description="the OpenID Connect provider that people may sign in by")
    oidc_client: str = Field(default="", description="the desk's client id there")
    oidc_secret: SecretStr | None = Field(default=None, description="the secret that belongs to it; none: public")

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the desk."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def folder(self) -> Path:
        """The data folder with `~` resolved."""
        return self.home.expanduser()

    @property
    def lake(self) -> Path:
        """The folder of the lake."""
        return Path(self.lake_url).expanduser() if self.lake_url else self.folder / "lake"

    @property
    def uploads(self) -> Path:
        """The folder of files that wait to be imported."""
        return self.folder / "uploads"

    @property
    def log(self) -> Path:
        """The file of the log."""
        return Path(self.log_url).expanduser() if self.log_url else self.folder / "log.db"

    @property
    def ledger(self) -> str:
        """The ledger's SQLAlchemy address."""
        return self.ledger_url or f"sqlite:///{self.folder / 'ledger.db'}"

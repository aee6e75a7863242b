"""Averages of one symbol per day or per hour of the day."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from openbell.api.shapes import Column

router = APIRouter(tags=["statistics"])


class Statistics(BaseModel):
    """Columns with one value per day or per hour; VWAP and averages in the symbol's currency."""

    symbol: str
    by: Literal["day", "hour"]
    interval: str
    label: list[str]
    count: list[int]
    columns: dict[str, Column]

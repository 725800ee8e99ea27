"""The scalar types of records: ids, dates of known precision, figures as written, plain text."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
NUMBER = re.compile(r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$")
# A link in prose: `[[record-id]]`, `[[finding-id/claim-id]]`, each with `|words` behind it if wanted. Groups: what it names, the words.
LINK = re.compile(r"\[\[([a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)?)(?:\|([^\[\]|\n]+))?\]\]")
_PARTIAL_DATE = r"^[12][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?$"
# Windows refuses these as file names whatever their extension, and record ids are file names.
DEVICES = frozenset({"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)})
# Pages of the site, and folders that it makes beside the records' own.
RESERVED = DEVICES | {"index", "tags", "search"}


class WrittenFloat(float):
    """A YAML float that remembers its spelling: ``0.230`` says more than ``0.23``."""

    written: str

    def __new__(cls, written: str) -> WrittenFloat:
        self = super().__new__(cls, written)
        self.written = written
        return self

    def __reduce__(self) -> tuple[type[WrittenFloat], tuple[str]]:
        return WrittenFloat, (self.written,)


class WrittenInt(int):
    """A YAML integer whose spelling is not the canonical one (``+5``, ``007``, ``0x1F``, ``0o17``)."""

    written: str

    def __new__(cls, written: str) -> WrittenInt:
        self = super().__new__(cls, written, 0 if written[:2] in ("0x", "0o") else 10)
        self.written = written
        return self

    def __reduce__(self) -> tuple[type[WrittenInt], tuple[str]]:
        return WrittenInt, (self.written,)


class Figure(str):
    """A number exactly as its source prints it; its digits carry its rounding.

    Written as a YAML number, or as a quoted number. `decimal` is its value, `places` the count of
    decimal places that were printed (negative for powers of ten in exponent notation).
    """

    @property
    def decimal(self) -> Decimal:
        return Decimal(str(self))

    @property
    def places(self) -> int:
        exponent = self.decimal.as_tuple().exponent
        assert isinstance(exponent, int)  # NUMBER admits no nan and no infinity
        return -exponent

    def __float__(self) -> float:
        return float(str(self))

    @classmethod
    def _read(cls, value: Any) -> Figure:
        written = getattr(value, "written", None)
        if written is None:
            if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
                raise PydanticCustomError("figure", "expected a number as the source prints it")
            written = str(value)
        if len(written) > 40 or not NUMBER.fullmatch(written):
            raise PydanticCustomError("figure", "expected a number as the source prints it (digits, one point, no thousands separator)")
        return cls(written)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._read, serialization=core_schema.plain_serializer_function_ser_schema(str))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {
            "anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER.pattern}],
            "description": "A number exactly as the source prints it: 0.230 is not 0.23.",
        }


class PartialDate(str):
    """A date of known precision: YYYY, YYYY-MM or YYYY-MM-DD (CSL `issued` as an EDTF level 0 date)."""

    @property
    def earliest(self) -> dt.date:
        parts = [int(part) for part in self.split("-")]
        return dt.date(*[*parts, 1, 1][:3])

    @property
    def latest(self) -> dt.date:
        parts = [int(part) for part in self.split("-")]
        if len(parts) == 3:
            return dt.date(*parts)
        year, month = parts[0], parts[1] if len(parts) == 2 else 12
        first_of_next = dt.date(year + month // 12, month % 12 + 1, 1)
        return first_of_next - dt.timedelta(days=1)

    @property
    def year(self) -> int:
        return int(self[:4])

    @classmethod
    def _read(cls, value: Any) -> PartialDate:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not re.fullmatch(_PARTIAL_DATE, value):
            raise PydanticCustomError("partial_date", "expected a date as YYYY, YYYY-MM or YYYY-MM-DD")
        date = cls(value)
        try:
            date.earliest  # noqa: B018 - asks whether such a day exists
        except ValueError:
            raise PydanticCustomError("partial_date", "no such day in the calendar") from None
        return date

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._read, serialization=core_schema.plain_serializer_function_ser_schema(str))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {
            "anyOf": [
                {"type": "integer", "minimum": 1000, "maximum": 2999},
                {"type": "string", "pattern": _PARTIAL_DATE},
            ]
        }


def _no_reserved_name(value: str) -> str:
    if value in RESERVED:
        raise PydanticCustomError("reserved_id", "'{value}' is reserved (a device name or a page of the site)", {"value": value})
    return value


def _iso_day(value: Any) -> Any:
    """Only YYYY-MM-DD: pydantic alone would also read a number as seconds since 1970."""
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("real_date", "expected a day as YYYY-MM-DD")
    return value


Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=80)]
RecordId = Annotated[str, StringConstraints(pattern=SLUG, min_length=2, max_length=80), AfterValidator(_no_reserved_name)]
# What is no record and yet names a page of the site.
PageName = Annotated[Slug, AfterValidator(_no_reserved_name)]
RealDate = Annotated[dt.date, BeforeValidator(_iso_day)]

# A record, or a claim of a finding: `finding-id` or `finding-id/claim-id`.
Reference = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?$", max_length=161)]

# One line of plain text.
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^\S([^\n]*\S)?$")]

# Plain text in paragraphs separated by blank lines. `[[record-id]]` and `[[record-id|words]]` link to
# another record; nothing else is markup.
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]

WebLink = Annotated[str, StringConstraints(pattern=r"""^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\s<>"'`{}|\\^]*)?$""", max_length=500)]
# Strict, or `true` would be 1 and the text "inf" a number.
Whole = Annotated[int, Field(strict=True)]
Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Probability = Annotated[Real, Field(ge=0, le=1)]

# How a claim's checks call a figure.
MeasureName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
PValue = Annotated[str, StringConstraints(pattern=r"^(<|<=|=|>|>=) ?(0?\.[0-9]+|0|1|1\.0+|[0-9](\.[0-9]+)?[eE]-[0-9]+)$")]

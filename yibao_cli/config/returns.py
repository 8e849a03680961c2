"""The sections of yibao.toml about what comes back: reports and complaints; see docs/settings.md."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from yibao_cli.kinds.fields import Spec

Yuan = Annotated[str, Field(pattern=r"^\d{1,7}(\.\d{1,2})?$")]
Days = Annotated[int, Field(ge=0, le=365)]


class ReportSettings(Spec):
    """Reports: yuan that a piece costs beside its postage; pieces below which a public cell says nothing."""

    paper_cost: Yuan = "0"
    print_cost: Yuan = "0"
    smallest_cell: Annotated[int, Field(ge=2, le=1000)] = 10


class ComplaintSettings(Spec):
    """Complaints: days to answer by class of complaint; base in yuan and times of a compensation."""

    days: dict[str, Days] = Field(default={"urgent": 1, "leak": 1, "usual": 5, "enquiry": 10})
    base: Yuan = "0.80"
    times: Annotated[int, Field(ge=1, le=1000)] = 10

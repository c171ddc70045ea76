"""The summaries as plain JSON for a superior's own platform, and their description (OpenAPI 3). No people are in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from branches.models import Campaign
from evaluations.reports.graded_table import GradedLine, GradedRollUp
from evaluations.reports.rollup_table import NotYet, RollUp, RollUpLine

NUMBER: dict[str, Any] = {"type": "integer", "minimum": 0}
TEXT: dict[str, Any] = {"type": "string"}


def campaign_json(campaign: Campaign) -> dict[str, Any]:
    """One campaign."""
    return {
        "slug": campaign.slug,
        "name": campaign.name,
        "year": campaign.year,
        "status": campaign.status,
        "issuer": campaign.issuer.name,
    }


def graded_json(table: GradedRollUp) -> dict[str, Any]:
    """The summary with grades: one section a scale, persons a branch, and the sum."""
    return {**_head(table), "sections": _sections(table, _graded_line), "others": _others(table.others)}


def _head(table: GradedRollUp | RollUp) -> dict[str, Any]:
    """Whose summary, of what, of which day."""
    return {
        "organization": table.filler,
        "campaign": table.campaign,
        "as_of": table.as_of.isoformat(),
    }


def _sections(table: GradedRollUp | RollUp, line_of: Callable[[Any], dict[str, Any]]) -> list[dict[str, Any]]:
    """One section a scale: its grades, a line a branch, and the sum."""
    return [
        {
            "grades": list(section.grades),
            "branches": [line_of(line) for line in section.lines],
            "total": line_of(section.total),
        }
        for section in table.sections
    ]


def _graded_line(line: GradedLine) -> dict[str, Any]:
    """One branch in persons; `counts` in the order of the section's grades."""
    return {
        "code": line.code,
        "name": line.organization,
        "members": line.members,
        "full": line.full,
        "probationary": line.probationary,
        "due": line.due,
        "assessed": line.assessed,
        "counts": list(line.counts),
        "not_assessed": [{"reason": reason, "count": count} for reason, count in line.reasons],
    }


def ballots_json(table: RollUp) -> dict[str, Any]:
    """The votes of certified ballots: one section a scale; null where a branch's votes are withheld."""
    return {**_head(table), "sections": _sections(table, _ballot_line), "others": _others(table.not_yet)}


def _ballot_line(line: RollUpLine) -> dict[str, Any]:
    """One branch: persons, papers and votes."""
    names = ("members", "full", "probationary", "expected", "present", "issued", "returned", "valid", "void", "rated")  # fmt: skip
    abstained, invalid = line.rest()
    return {
        "name": line.organization,
        **dict(zip(names, line.heads(), strict=True)),
        "counts": [count for count, _share in line.figures()],
        "abstained": abstained,
        "invalid": invalid,
        "withheld": line.withheld,
    }


def _others(branches: Iterable[NotYet]) -> list[dict[str, str]]:
    """Branches without a row, and why."""
    return [{"name": one.organization, "category": one.category, "state": one.state} for one in branches]


def openapi() -> dict[str, Any]:
    """The description of the interface, OpenAPI 3.0."""
    slug = {"name": "slug", "in": "path", "required": True, "schema": TEXT}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "民主评议汇总接口",
            "version": "1",
            "description": "只读，只有各党支部的数字，没有个人。请求头带 Authorization: Bearer 密钥。",
        },
        "security": [{"key": []}],
        "paths": {
            "/api/campaigns.json": _path("活动列表", {"$ref": "#/components/schemas/Campaigns"}),
            "/api/campaigns/{slug}/graded.json": _path(
                "评定等次汇总（人数）", {"$ref": "#/components/schemas/Graded"}, slug
            ),
            "/api/campaigns/{slug}/ballots.json": _path(
                "测评得票汇总（票数）", {"$ref": "#/components/schemas/Ballots"}, slug
            ),
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _path(summary: str, schema: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    """One address that is read."""
    refusals = {
        "401": "没有密钥，或者密钥不对、已停用",
        "404": "没有这项活动",
        "429": "请求太多，一分钟以后再来",
    }
    answers: dict[str, Any] = {code: {"description": text} for code, text in refusals.items()}
    answers["200"] = {"description": "成功", "content": {"application/json": {"schema": schema}}}
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": answers}}


def _schemas() -> dict[str, Any]:
    """The shapes of the answers."""
    withheld = {**NUMBER, "nullable": True}
    reasons = _list(_object({"reason": TEXT, "count": NUMBER}))
    heads = dict.fromkeys(("members", "full", "probationary", "due", "assessed"), NUMBER)
    papers = dict.fromkeys(("expected", "present", "issued", "returned", "valid", "void", "rated"), withheld)
    graded = {"code": TEXT, "name": TEXT, **heads, "counts": _list(NUMBER), "not_assessed": reasons}
    ballot = {
        "name": TEXT,
        **dict.fromkeys(("members", "full", "probationary"), withheld),
        **papers,
        "counts": _list(withheld),
        "abstained": withheld,
        "invalid": withheld,
        "withheld": {"type": "boolean"},
    }
    campaign = {"slug": TEXT, "name": TEXT, "year": NUMBER, "status": TEXT, "issuer": TEXT}
    return {
        "Campaigns": _object({"campaigns": _list(_object(campaign))}),
        "Graded": _table(_object(graded)),
        "Ballots": _table(_object(ballot)),
    }


def _table(line: dict[str, Any]) -> dict[str, Any]:
    """The shape of a summary with such lines."""
    section = _object({"grades": _list(TEXT), "branches": _list(line), "total": line})
    others = _object({"name": TEXT, "category": TEXT, "state": TEXT})
    return _object(
        {
            "organization": TEXT,
            "campaign": TEXT,
            "as_of": {"type": "string", "format": "date"},
            "sections": _list(section),
            "others": _list(others),
        }
    )


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}

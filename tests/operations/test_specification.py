"""The table against the official specification, where that is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from parhelion.operations import Declared, operations
from parhelion.operations._operation import wire_name

FILE = Path(__file__).parents[3] / "shared" / "reference" / "openapi-17.12.1.yaml"
HERE = {each.operation_id: each for each in operations()}
# Every operation may answer these; the specification says so in its introduction, and repeats some here and there.
ANYWHERE = {"400", "401", "403", "413", "415", "422", "429"}
DIFFERENT = {
    ("PostMessage", "404"): "a conversation, an author or a destination that does not exist",
    ("CreateAppKey", "404"): "an app that does not exist",
    ("UploadAttachment", "404"): "a conversation that does not exist",
    ("CreateApp", "402"): "there is no plan that could be full",
}


@pytest.fixture(scope="module")
def specification() -> Any:
    if not FILE.exists():
        pytest.skip("the specification is not at hand")
    return yaml.load(FILE.read_text(), yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)


@pytest.mark.parametrize("operation", HERE.values(), ids=HERE.keys())
def test_the_declaration_says_what_the_specification_says(specification: Any, operation: Declared[Any]) -> None:
    path = "/".join(
        f"{{{wire_name(part[1:-1])}}}" if part.startswith("{") else part for part in operation.path.split("/")
    )
    said = specification["paths"][path][operation.method.lower()]
    assert said["operationId"] == operation.operation_id
    told = {str(status) for status in said["responses"]}
    ours = {str(operation.status)} | {str(error.status) for error in operation.errors}
    differing = {status for status in told ^ ours if status not in ANYWHERE}
    assert {(operation.operation_id, status) for status in differing} <= set(DIFFERENT)
    parameters = [*specification["paths"][path].get("parameters", ()), *said.get("parameters", ())]
    names = {resolved(specification, each)["name"] for each in parameters}
    mine = {each.wire_name for each in operation.parameters if each.place in ("path", "query")}
    assert names - {"appId", "filter"} == mine
    assert bool(said.get("requestBody")) == any(each.place in ("body", "file") for each in operation.parameters)


def resolved(specification: Any, node: Any) -> Any:
    for part in node.get("$ref", "#").split("/")[1:]:
        specification = specification[part]
    return specification if "$ref" in node else node

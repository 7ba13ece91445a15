"""Which changes would lose data."""

from __future__ import annotations

import json

import pytest

from infra.deploying.changes import Change, Detail

ONE, TWO = [{"AttributeName": "pk"}], [{"AttributeName": "pk"}, {"AttributeName": "by"}]


def modify(kind: str, replacement: str, *details: Detail) -> Change:
    return Change("Modify", "It", kind, replacement, details)


def attributes(before: object, after: object) -> Detail:
    return Detail("AttributeDefinitions", "Conditionally", json.dumps(before), json.dumps(after))


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"])
def test_removing_or_replacing_what_holds_data_loses_it(kind: str):
    assert Change("Remove", "It", kind, "").loses_data
    assert modify(kind, "True").loses_data
    assert not Change("Add", "It", kind, "").loses_data
    assert not modify(kind, "False", Detail("Tags", "Never")).loses_data


def test_a_replacement_that_may_come_counts_as_one():
    assert modify("AWS::S3::Bucket", "Conditional", Detail("Name", "Conditionally")).loses_data


def test_a_new_attribute_of_a_table_loses_nothing():
    grows = modify("AWS::DynamoDB::Table", "Conditional", attributes(ONE, TWO))

    assert not grows.loses_data


def test_an_attribute_that_is_changed_or_gone_replaces_the_table():
    shrinks = modify("AWS::DynamoDB::Table", "Conditional", attributes(TWO, ONE))

    assert shrinks.loses_data


def test_a_key_s_policy_changes_in_place():
    changed = modify("AWS::KMS::Key", "Conditional", Detail("KeyPolicy", "Conditionally"))

    assert not changed.loses_data


def test_what_holds_no_data_may_be_replaced():
    assert not modify("AWS::Lambda::Function", "True").loses_data

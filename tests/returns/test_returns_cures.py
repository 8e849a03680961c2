"""What is proposed for each letter that came back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.returns.cures import Case, Way, cure
from yibao_cli.returns.reasons import REASONS


def case(reason, *, copy=0, corrected=False, deliverable=False, employer=False, phone=False, confirmed=False):
    return Case(copy, reason, corrected, deliverable, employer, phone, confirmed)


@pytest.mark.parametrize(
    ("one", "way"),
    [
        (case("R08", corrected=True, deliverable=True), Way.STOP),
        (case("R06"), Way.STOP),
        (case("R03", corrected=True, deliverable=True), Way.REMAIL),
        (case("R03", corrected=True, employer=True), Way.EMPLOYER),
        (case("R05", employer=True, phone=True), Way.PHONE),
        (case("R05", confirmed=True, deliverable=True, phone=True), Way.REMAIL),
        (case("R05", confirmed=True, deliverable=True, phone=True, copy=1), Way.PHONE),
        (case("R05", confirmed=True, phone=True), Way.PHONE),
        (case("R08", confirmed=True, deliverable=True), Way.STOP),
        (case("R03", employer=True, phone=True), Way.EMPLOYER),
        (case("R01"), Way.CENTRE),
        (case("R07", deliverable=True), Way.REMAIL),
        (case("R07", deliverable=True, copy=1, phone=True), Way.PHONE),
        (case("R11", deliverable=True), Way.POST),
        (case("R12", deliverable=True), Way.REMAIL),
        (case("R99", phone=True), Way.LOOK),
    ],
)
def test_a_letter_is_cured_by_its_reason_and_what_is_known_by_now(one, way):
    assert cure(one) is way


@given(st.sampled_from(list(REASONS)), st.integers(0, 3), *[st.booleans()] * 4)
def test_every_letter_has_a_way_and_nobody_is_asked_who_is_not_there(
    reason, copy, corrected, good, employer, phone
):
    way = cure(Case(copy, reason, corrected, good, employer, phone))

    assert way is not Way.EMPLOYER or employer
    assert way is not Way.PHONE or phone
    assert way is not Way.REMAIL or good

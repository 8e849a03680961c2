"""Headers remembered for a client, in a file that people can read and edit."""

from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.errors import SettingsError
from yibao_cli.store.mappings import FILE_NAME, read_mappings, write_mappings

HEADERS = st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.just("closing"), min_size=1)


@given(HEADERS)
def test_whatever_a_client_calls_a_column_is_read_back(tmp_path_factory, headers):
    folder = tmp_path_factory.mktemp("ws")

    write_mappings(folder, {"power-cut": {"roster": headers}, "medical": {"balances": {}}})

    assert read_mappings(folder) == {"power-cut": {"roster": headers}}
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


def test_a_workspace_without_the_file_remembers_nothing(tmp_path):
    assert read_mappings(tmp_path) == {}


@pytest.mark.parametrize("text", ["x = 1", "[medical]\nroster = 1", "[medical.roster]\na = 1", "[", "= 3"])
def test_a_file_of_another_form_is_refused_by_name(tmp_path, text):
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError) as error:
        read_mappings(tmp_path)

    assert error.value.where == FILE_NAME

"""The codes of bundles and bags, as another program would read them from a label."""

from __future__ import annotations

from yibao_cli.codes import ContainerCode


def container_code(text):
    """What the code of a label says; its check must be right."""
    form, mailing, container, _check = text.split("/")
    code = ContainerCode(mailing, container[0], int(container[1:]))
    assert (form, text) == ("YB1", str(code))
    return code

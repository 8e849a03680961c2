"""The sections of yibao.toml about who may see and do what, and how long it is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec

User = Annotated[str, Field(min_length=1, max_length=64)]


class EncryptionSettings(Spec):
    """Encryption at rest 静态加密: where the key is kept, never in the workspace; all empty for none.

    key_file: a private file, its path relative to the workspace. key_env: name of an environment variable.
    keyring: `service/name` of an entry of the system's keyring.
    """

    key_file: Annotated[str, Field(pattern=r"^[^\x00]*$")] = ""
    key_env: Annotated[str, Field(pattern=r"^([A-Za-z_]\w*)?$")] = ""
    keyring: Annotated[str, Field(pattern=r"^([^/]+/[^/]+)?$")] = ""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(map(bool, (self.key_file, self.key_env, self.keyring))) > 1:
            raise ValueError(_("name one place of the key: key_file, key_env or keyring"))
        return self

    @property
    def on(self) -> bool:
        """Whether there is a key."""
        return bool(self.key_file or self.key_env or self.keyring)


class RoleSettings(Spec):
    """Roles 角色: the users, by the system's names, who may work, sign, look; none named: all may all."""

    operator: tuple[User, ...] = ()
    approver: tuple[User, ...] = ()
    auditor: tuple[User, ...] = ()

    @property
    def on(self) -> bool:
        """Whether anybody has a role."""
        return bool(self.operator or self.approver or self.auditor)

    def of(self, user: str) -> frozenset[str]:
        """The roles of a user."""
        return frozenset(role for role, users in self.model_dump().items() if user in users)


class ApprovalSettings(Spec):
    """Approval 签样: whether a second person signs the proofs before anything is rendered."""

    required: bool = False


class RetentionSettings(Spec):
    """Retention 保存期限: days from posting on after which a mailing is to be purged; 0 for none."""

    days: Annotated[int, Field(ge=0, le=3650)] = 365

    def ends(self, posted_on: str) -> str:
        """The last day on which a mailing that was posted on this day may be kept, ISO; "" for no end."""
        if not self.days:
            return ""
        return (date.fromisoformat(posted_on) + timedelta(days=self.days)).isoformat()

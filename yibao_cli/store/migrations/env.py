"""Alembic's entry: runs the migrations on the connection that `store.database` hands over."""

from __future__ import annotations

from alembic import context

from yibao_cli.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction is the only one
)
context.run_migrations()

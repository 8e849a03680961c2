"""The review on a terminal, by the keyboard: accept, correct, hold, next, back, undo.

Needs the extra `review`: whoever imports this module has Textual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Input, Static

from yibao_cli.cli.review_card import card, parted
from yibao_cli.cli.terminal import visible
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.jobs.address.session import Review


class ReviewApp(App[None]):
    """One address at a time; every decision is kept at once."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "#card { padding: 1 2; } #told { padding: 0 2; color: $warning; } #edit { display: none; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accept", _("accept")),
        Binding("e", "edit", _("correct")),
        Binding("h", "hold", _("hold")),
        Binding("n,right", "skip", _("next")),
        Binding("p,left", "previous", _("back")),
        Binding("u", "undo", _("undo")),
        Binding("q", "quit", _("end")),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        # Data is text: markup in an address stays what it is.
        with VerticalScroll():
            yield Static(id="card", markup=False)
        yield Static(id="told", markup=False)
        yield Input(id="edit")
        yield Footer()

    def on_mount(self) -> None:
        """Show the first address."""
        self._show("")

    def _show(self, told: str) -> None:
        self.query_one("#card", Static).update("\n".join(card(self._review)))
        self._tell(told)

    def _tell(self, text: str) -> None:
        self.query_one("#told", Static).update(visible(text))

    def action_accept(self) -> None:
        """Letters arrive there."""
        self._show(self._review.decide("accepted"))

    def action_hold(self) -> None:
        """Send nothing there."""
        self._show(self._review.decide("held"))

    def action_skip(self) -> None:
        """Leave it for later."""
        self._review.skip()
        self._show("")

    def action_previous(self) -> None:
        """Go back by one."""
        self._review.back()
        self._show("")

    def action_undo(self) -> None:
        """Take the last decision back."""
        self._show("" if self._review.take_back() else _("there is nothing to undo"))

    def action_edit(self) -> None:
        """Open the line for the right address."""
        if self._review.current is None:
            return
        line = self.query_one("#edit", Input)
        line.value = self._review.current.entry.standard
        # The footer names the keys of the card, which the line takes for letters.
        self.query_one(Footer).display = False
        self._tell(_("Enter keeps it, Esc changes nothing; a postcode may stand at its end"))
        line.display = True
        line.focus()

    def action_leave(self) -> None:
        """Close the line and change nothing."""
        self.query_one("#edit", Input).display = False
        self.query_one(Footer).display = True
        self._tell("")
        self.set_focus(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Correct the address by what stands on the line."""
        text, postcode = parted(event.value)
        self.action_leave()
        self._show(self._review.decide("corrected", text, postcode))

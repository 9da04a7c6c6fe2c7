"""The palette's commands: every action of the registry that the screen knows."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape

from pgcraft.service.keys import format_key
from pgcraft_tui.actions.dispatch import Offer, find_offers

_WHOLE = 1000.0
"""More than the matcher gives."""


class ActionProvider(Provider):
    """Offers the actions by title and by what they do; one that cannot run at the moment says why."""

    async def startup(self) -> None:
        """Note what had the focus before the palette took it."""
        self._offers = [offer for offer in find_offers(self.screen, self.focused) if offer.action.id != "palette"]

    async def discover(self) -> Hits:
        """List all of them, those that can run first."""
        for offer in sorted(self._offers, key=lambda each: bool(each.reason)):
            title = Content(offer.action.title)
            yield DiscoveryHit(title, partial(offer.run), offer.action.title, self._describe(offer))

    async def search(self, query: str) -> Hits:
        """List those whose title, or else whose sentence, fits."""
        matcher = self.matcher(query)
        for offer in self._offers:
            title = offer.action.title
            score = _score_title(query, title) or matcher.match(title) or _score_words(query, offer.action.help)
            if score > 0:
                yield Hit(score, matcher.highlight(title), partial(offer.run), title, self._describe(offer))

    def _describe(self, offer: Offer) -> str:
        keys = " ".join(format_key(key) for key in offer.action.keys)
        return escape(f"{keys}  not now: {offer.reason}" if offer.reason else f"{keys}  {offer.action.help}")


def _score_title(query: str, title: str) -> float:
    """Return the highest score to the title that stands there whole: "write" is not "write the message"."""
    return _WHOLE if query.strip().casefold() == title.casefold() else 0.0


def _score_words(query: str, sentence: str) -> float:
    """Return a low score to a sentence that holds every word; letters here and there in it mean nothing."""
    words = query.casefold().split()
    return 0.1 if words and all(word in sentence.casefold() for word in words) else 0.0

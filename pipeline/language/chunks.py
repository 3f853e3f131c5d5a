"""A message as chunks: every token lies in exactly one of them, and each knows what it is.

The longest recogniser wins, and a chunk begins at its own first word: nothing is decided by looking back.
"""

from pipeline.language.lexicon import LEXICON
from pipeline.language.lexicon.wishes import THEN_JUDGE
from pipeline.language.markup import AGAINST
from pipeline.language.scopes import VALUES
from pipeline.language.slots.amounts import money
from pipeline.language.slots.names import name
from pipeline.language.slots.numbers import numbers_named
from pipeline.language.slots.seeds import numbers, old, seeds
from pipeline.language.slots.settings import setting
from pipeline.language.verbs import SINGLE, Order, order_at
from pipeline.language.words import Chunk, Words
from pipeline.wordlist import words

_RECOGNISERS = (money, seeds, numbers_named, setting, name, old, numbers)
_KEEPS_OPEN = frozenset(
    {
        "courtesy",
        "aside",
        "ordinal",
        "hesitation",
        "polite",
        "price",
        "not",
        "mention",
        "dry_run",
        "opener",
        "again",
        "kept",
        "mark",
    }
)
"""Behind these a request can still begin."""
_OPENS = words("and then & plus so but also")
_HAVE = words("have get want need see like can could would")
_THROUGH = words("just only simply kindly")
"""Between these and what stands before them a request can begin as well."""
_NOMINAL = words("mind about of for like want need love have get")
"""A courtesy that ends so is followed by a noun: "would you mind judging it"."""
_TURNS = words("so and but then")
"""As in "so please": a courtesy behind these turns to the request, also without a comma."""
_SUBJECTS = words("we i they you")
_ARTICLES = words("the a an our my this that your their no its any every each of")


def chunked(text: Words, *, named: bool) -> list[Chunk]:
    """The chunks of a message, in order; they tile its tokens.

    Args:
        text: The message.
        named: It is said to the bot, so that a verb may also stand behind its object, or be a noun.
    """
    return _Chunker(text, named=named).run()


class _Chunker:
    def __init__(self, text: Words, *, named: bool) -> None:
        self._text, self._named = text, named
        self._chunks: list[Chunk] = []
        self._tails: set[int] = set()
        self._begins, self._price, self._ordered, self._asked = True, False, False, False
        self._told = False
        """Words before an order in this clause tell something: nothing begins behind them."""

    def run(self) -> list[Chunk]:
        at = 0
        while at < len(self._text):
            if self._text.tokens[at].line:
                self._fresh()
            chunk = self._next(at)
            self._chunks.append(chunk)
            self._then(chunk)
            at = chunk.end
        return self._chunks

    def _next(self, at: int) -> Chunk:
        text = self._text
        if text.tokens[at].line and text.word(at) == ">":
            return Chunk("report", at, self._line_end(at))
        found = self._recognised(at)
        if at in self._tails and (found is None or found.kind not in VALUES - {"run", "latest", "vague"}):
            return Chunk("tail", at, at + 1)
        order = self._order(at) if self._begins and at not in self._tails else None
        if order is not None and order.head == at and self._chunks and self._chunks[-1].start == at:
            order = None  # an order without words of its own stands here already
        if order is None and found is not None and found.kind == "polite" and text.word(found.end - 1) in _HAVE:
            order = order_at(text, found.end - 1, nominal=False)  # "can we have it judged", "could we get a bakeoff"
            if order is not None and order.action is not None and found.end - 1 > at:
                return Chunk("polite", at, found.end - 1)
            order = None
        if order is not None and (found is None or self._outdoes(order, found)):
            self._tails |= set(order.tail)
            kind = "order" if order.action else "opener"
            return Chunk(kind, at, max(order.head, at), (order.action, order.text))
        return found or self._other(at)

    def _order(self, at: int) -> Order | None:
        before = self._text.word(at - 1)
        article = bool(self._chunks) and before in _ARTICLES and not self._text.tokens[at].line
        if article and not self._price:
            return None
        asked = bool(self._chunks) and self._chunks[-1].kind == "polite" and before in _NOMINAL
        nominal = self._price or asked or (self._named and not self._asked)
        return order_at(self._text, at, nominal=nominal)

    def _outdoes(self, order: Order, found: Chunk) -> bool:
        """The longer wins, and of two that are equal the verb; what has no words of its own leaves them to be read."""
        if order.head == found.start:
            return True
        return order.head >= found.end or (order.action is not None and found.kind in {"run", "polite", "failed"})

    def _recognised(self, at: int) -> Chunk | None:
        if self._text.kind(at) == "mark" and self._text.kind(at + 1) == "mark":
            return None
        if self._text.numbers_a_list(at):
            return Chunk("mark", at, at + 2)
        best: Chunk | None = None
        then = THEN_JUDGE.match(self._text.tokens, at) if self._asked else None
        match = then or LEXICON.match(self._text.tokens, at)
        if match is not None and match.end == match.head:
            kind, _, value = match.means.partition("=")
            best = Chunk(kind, at, match.end, value or None)
        for recognise in _RECOGNISERS:
            found = recognise(self._text, at)
            if (
                found is not None
                and found.end > at
                and (best is None or found.end > best.end or (found.end == best.end and found.kind in _STRONG))
            ):
                best = found
        return best

    def _other(self, at: int) -> Chunk:
        """What no recogniser knows: signs, and words that must not be passed over."""
        text = self._text
        token = text.tokens[at]
        if token.kind == "quote":
            return Chunk("prompt", at, at + 1, text.quote(token))
        bangs = token.word == "!" and at + 1 < len(text) and text.tokens[at + 1].glued and text.kind(at + 1) != "mark"
        if bangs:
            return Chunk("unknown", at, at + 1)  # "!Q2"
        if token.word in _OWN_KIND or token.kind in _OF_KIND:
            return Chunk(_OWN_KIND.get(token.word) or _OF_KIND[token.kind], at, at + 1, token.word)
        if token.kind == "mark" and (token.word in _SIGNS or self._joins(at)):
            return Chunk("mark", at, at + 1)
        number = text.figure(at) is not None
        return Chunk("number" if number else "verb" if token.word in SINGLE else "unknown", at, at + 1, token.word)

    def _joins(self, at: int) -> bool:
        """As in "pulid + fashn"; "5+" and "!=" say something."""
        before = self._chunks[-1].kind if self._chunks else ""
        found = self._recognised(at + 1) if at + 1 < len(self._text) else None
        return self._text.word(at) == "+" and found is not None and found.kind == before

    def _line_end(self, at: int) -> int:
        end = at + 1
        while end < len(self._text) and not self._text.tokens[end].line:
            end += 1
        return end

    def _then(self, chunk: Chunk) -> None:
        """Whether a request can begin behind this chunk."""
        word = self._text.word(chunk.start)
        if chunk.kind == "order":
            self._asked = True
            if chunk.end > chunk.start:
                self._begins, self._ordered = False, True
            return
        if chunk.kind == "price":
            self._price = True
        if chunk.kind == "mark" and self._text.parts(chunk.start):
            self._fresh()
            self._price = self._price and word not in ".!?"
        elif chunk.kind == "report" or (chunk.kind == "polite" and (word in _TURNS or self._inverted(chunk))):
            self._fresh()
        elif chunk.kind == "glue" and word in _SUBJECTS:
            self._begins, self._told = False, True
        elif chunk.kind == "glue" and word in _OPENS:
            self._begins = not self._told or self._ordered
        elif (
            chunk.kind in _KEEPS_OPEN
            or (chunk.kind == "glue" and self._goes_through(word))
            or (chunk.kind == "glue" and self._price)
        ):
            pass
        else:
            open_still = self._named and not self._ordered and (chunk.kind in VALUES or chunk.kind == "glue")
            self._begins = self._begins and open_still
            self._told = self._told or (chunk.kind in _TELLS and not self._ordered)

    def _inverted(self, chunk: Chunk) -> bool:
        """As in "… could we get": a question turns to the request, also without a sign before it."""
        asks = self._text.word(chunk.start) in {"can", "could", "would", "please"}
        return asks and chunk.end - chunk.start > 1 and self._told

    def _goes_through(self, word: str) -> bool:
        before = self._chunks[-2].kind if len(self._chunks) > 1 else ""
        return word in _THROUGH or (word == "to" and before in {"polite", "courtesy"})

    def _fresh(self) -> None:
        """A clause begins."""
        self._begins, self._ordered, self._told = True, False, False


_SIGNS = frozenset(",.;:!?()[]{}-/|'\"~&•>*_^\ue003")
"""Signs that hold nothing; any other says something that nobody knows."""
_OWN_KIND = {"@someone": "mention", AGAINST: "not"}
_OF_KIND = {"flag": "flag", "clock": "time"}
_TELLS = frozenset({"unknown", "verb", "time", "condition", "or", "correction", "because", "approval", "mention"})
_STRONG = frozenset({"photo", "fixture", "identity", "job", "prompt_id", "cap", "stated", "old", "below", "above"})
"""Of equal length with a word of the lexicon, these win."""

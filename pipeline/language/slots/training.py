"""How the words about a training become its fields: whose photos, which run, which settings."""

from pipeline.language.lexicon import NUMBERS
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots.names import Named, mentions
from pipeline.wordlist import words

_NOT_SET = words("""
    lr learning epoch epochs batch optimizer trainer fast-flux-trainer dropout autocaption resolution scale guidance
""")
_PHOTOS = frozenset({"photos", "pictures", "photographs", "images", "pics"})


def nothing_dropped(reading: Reading) -> None:
    """What a training is not told by a request, or photographs that are not in the fixture, are asked about."""
    for at, token in enumerate(reading.tokens):
        if reading.roles[at]:
            continue
        before = reading.tokens[at - 1].word if at else ""
        if token.word in _NOT_SET:
            reading.lack(
                "action",
                why=(
                    f"A request sets a training's steps, rank, trigger word and seeds. “{token.word}” is none of them:"
                    " leave it out, or ask who runs the bot."
                ),
            )
        elif token.word in _PHOTOS and before in {"new", "other", "more", "different", "better"}:
            reading.lack(
                "fixture",
                why=(
                    "Which photographs? Put them into the fixture first, or post them here and say “with these photos”."
                ),
            )


def of_posted_photos(reading: Reading, fields: Fields) -> Fields:
    """As in "train a LoRA of JD with these photos"."""
    identity = stated_identity(reading) or spoken_identity(reading, None)
    if identity is None:
        reading.lack("identity", why="Whose photographs are these? Name a short code, such as `jd`.")
    return fields | {"photos": "thread", "identity": identity}


def names_a_run(reading: Reading) -> bool:
    """As in "train cb-lora-v1 again": more than an identity's code."""
    return any(_is_run(reading, one) for one in mentions(reading) if not one.excluded)


def _is_run(reading: Reading, one: Named) -> bool:
    more = [word for word in one.words if word not in reading.catalogue.identities and word != "lora"]
    return one.full is not None or bool(more)


def stated_identity(reading: Reading) -> str | None:
    """As in "identity jd", `identity=jd`, "identity: Jane Doe"."""
    for at, token in enumerate(reading.tokens):
        if token.word.lstrip("-") not in {"identity", "person", "subject"} or reading.roles[at]:
            continue
        start = reading.skip(at + 1, {":", "=", "is", "called", "named"})
        end = start
        while _is_name_word(reading, end) and end - start < 3:
            end += 1
            if reading.tokens[end - 1].word in reading.catalogue.identities:
                break
        if end > start:
            said = " ".join(token.word for token in reading.tokens[start:end])
            reading.take(at, end, "identity", f"identity {said}")
            return said
    return None


def _is_name_word(reading: Reading, at: int) -> bool:
    if at >= len(reading.tokens) or (at + 1 < len(reading.tokens) and reading.tokens[at + 1].word == "="):
        return False
    token = reading.tokens[at]
    return (
        not reading.roles[at]
        and token.kind == "word"
        and token.word
        not in {
            "from",
            "with",
            "and",
            "on",
            "using",
            "photos",
            "in",
            "of",
            "fixture",
            "trigger",
            "at",
            "the",
            "for",
            "please",
            "only",
            "reference",
        }
    )


def spoken_identity(reading: Reading, fixture: str | None) -> str | None:
    """As in "train JD", "a LoRA of Jane Doe": the code, else the person's words."""
    for one in mentions(reading):
        if one.excluded:
            continue
        code = next((word for word in one.words if word in reading.catalogue.identities), None)
        if code is not None:
            reading.take(one.start, one.end, "identity", f"identity {code}")
            return code
        plain = [word for word in one.unknown if word not in NUMBERS and word.replace("'", "").isalpha()]
        if plain and _led_by_of(reading, one, at_verb=fixture is None):
            said = " ".join(plain)
            reading.take(one.start, one.end, "identity", f"identity {said}")
            return said
    return None


def _led_by_of(reading: Reading, one: Named, *, at_verb: bool) -> bool:
    before = reading.tokens[one.start - 1].word if one.start else ""
    return before in {"of", "for"} or (at_verb and one.start == reading.verb[1])

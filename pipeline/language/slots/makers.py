"""Vendors in the words: of identity for a bakeoff, of upscaling."""

from pipeline.language.reading import Reading
from pipeline.language.slots.settings import EXCEPT, WHOLE

_VENDORS = {
    "fashn": "fashn", "photomaker": "photomaker", "photo-maker": "photomaker", "instantid": "instantid",
    "instant-id": "instantid", "pulid": "pulid", "flux-pulid": "flux-pulid", "fluxpulid": "flux-pulid",
    "ip-adapter-faceid": "ip-adapter-faceid", "ip-adapter": "ip-adapter-faceid", "ipafid": "ip-adapter-faceid",
    "faceid": "ip-adapter-faceid", "face-id": "ip-adapter-faceid", "ipadapter": "ip-adapter-faceid",
    "ip-adapter-face-id": "ip-adapter-faceid", "ipadapter-faceid": "ip-adapter-faceid",
    "ip-adaptor": "ip-adapter-faceid", "ip-adapter-faceids": "ip-adapter-faceid",
}  # fmt: skip


_UPSCALERS = ("magnific", "clarity")


def upscaler(reading: Reading) -> str | None:
    """The upscaler named; an unknown one is asked about."""
    for at, token in enumerate(reading.tokens):
        if token.word in _UPSCALERS:
            reading.take(at, at + 1, "vendor", f"vendor {token.word}")
            return token.word
    keyed = reading.keyed("vendor", "upscaler")
    if keyed is not None and keyed < len(reading.tokens):
        reading.lack("vendor", reading.tokens[keyed].raw)
    for at, token in enumerate(reading.tokens[:-1]):
        unknown = reading.tokens[at + 1]
        if (
            token.word in {"via", "through", "with", "using"}
            and unknown.kind == "word"
            and not reading.roles[at + 1]
            and unknown.raw[:1].isupper()
        ):
            reading.lack("vendor", unknown.raw)
    return None


def vendors(reading: Reading) -> tuple[str, ...] | None:
    """The identity vendors named; all of them, or none, is null."""
    named: list[str] = []
    left_out: list[str] = []
    excluding, at = False, 0
    tokens = reading.tokens
    while at < len(tokens):
        words = [token.word for token in tokens[at : at + 3]]
        length = next((n for n in (3, 2, 1) if len(words) >= n and "-".join(words[:n]) in _VENDORS), 0)
        if length and not reading.roles[at]:
            vendor = _VENDORS["-".join(words[:length])]
            (left_out if excluding else named).append(vendor)
            reading.take(at, at + length, "vendor", f"{'not ' if excluding else ''}vendor {vendor}")
            at += length
            continue
        before = tokens[at - 1].word if at else ""
        excluding = (words[0] in EXCEPT and (words[0] != "but" or before in WHOLE)) or (
            excluding and words[0] in {"and", ",", "for", "&", "or"}
        )
        at += 1
    every = tuple(dict.fromkeys(_VENDORS.values()))
    chosen = tuple(vendor for vendor in every if (vendor in named if named else True) and vendor not in left_out)
    return None if len(chosen) in {0, len(every)} else chosen

"""Words by what they do in a sentence."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
}  # fmt: skip

PRONOUNS = _words("""
    it this that these those them here one same
""")

DETERMINERS = _words("""
    i we he she they you him her us few couple several some everything another additional
    extra more approve approval approved pre-approved approver someone somebody anyone
    anybody everyone next first asap quickly already soon really quick trigger word the a an
    my our all every each both any its whole entire me of existing trained current new full
    please just same identity identity's called named photorealistic right currently
""") | frozenset(NUMBERS)

NOUNS = _words("""
    run runs matrix inference matrices lora loras model cell cells image images picture
    pictures output outputs result results seed seeds prompt prompts fixture fixtures job
    jobs plan plans training grid verdict card judge judging judgement reference steps step
    rank axis axes failed failures failing ones photos photo version set upscaler bakeoff
    vendors vendor portraits folder status thing things stuff latest last newest recent most
    work spend month week today
""")
"""What the lab's sentences speak of. A request without any of these, and without a name, is talk."""

PREPOSITIONS = _words("""
    with from on of for against at using in to over by as via through and or vs versus not
    than then but instead except only without per under into is are has have was q1 q2 q3 q4
    side when if because so please thanks again too also now already back out plus away yet
    still doing going done ready finished running cost costs like look
""")
"""Where a name ends."""

NAMES_A_RUN = _words("""
    of for from on in to against over with vs versus about when run using
""")
"""After these a run may be named."""

ALWAYS_NAMES_A_RUN = _words("""
    of for from on against
""")
"""These also in a later clause."""

NEGATES_A_NAME = _words("""
    instead not except excluding than unlike
""")

LATEST = _words("""
    latest last newest recent
""")

FINITE = _words("""
    says said say is isn't was wasn't are aren't were weren't seems seemed looks looked look
    thinks thought would wouldn't will won't has hasn't had gave gives did didn't does
    doesn't moved starts started begins can't couldn't should shouldn't could might must
    went made makes needs needed keeps kept got gets came comes failed fails passed takes
    took being asked told wrote cost costs felt feels means meant hates loves liked likes
""")
"""A finite verb before the request, or right after its verb, shows talk: "the judge said…", "judge says…"."""

CONDITIONS = _words("""
    if unless once tomorrow tonight later monday tuesday wednesday thursday friday saturday
    sunday weekend whenever until till
""")
"""A bot that waits for none of these asks instead of spending at once."""

THANKS = _words("""
    thanks thank you thx ty ta cheers great nice cool perfect awesome lovely ok okay lol
    haha wow good job work well done so much a lot very everyone all bot love it sweet
    amazing excellent brilliant super got fine yes no hi hello hey morning again for the
    help that this was fast quick noted right sure never mind bye see tomorrow merci danke
    looks really
""")

TO_OTHERS = _words("""
    yourself yourselves someone somebody anyone anybody everyone everybody folks guys
""")

NOT_OURS = _words("""
    thanks deadline lease regards congratulations congrats apologies condolences yourself
    yourselves meeting invitation
""")
"""Right behind a verb these show that something else is meant: "extend my thanks"."""

IMPERATIVES = _words("""
    make do give get put set change fix send try use generate create render delete remove
    increase decrease lower raise schedule rename move copy download export open start
    launch run repeat score rate evaluate finish continue proceed
""")
"""In a thread, a message that opens with one of these is for the bot, understood or not."""

LIGHT_VERBS = """
            run, start, launch, make, do, try, use, give, get, pull up, bring up, open, see, have, order, request,
            generate, create, kick off
        """
"""Verbs that mean what their object says: "run a training", "give me the grid"."""

REPORTS = _words("finished crashed attached agreed wins i'll we'll i've we've he's she's looked can myself")
"""Beside the finite verbs these too tell of something, and ask for nothing."""

LEAVES_OUT = _words("except without excluding minus skip skipping not no but old drop dropping")
"""Before a seed or a cell: it is not wanted, or it was."""

PARTS = _words(
    "failed new upscaled one some first second last best any good bad passed passing few couple only two three"
)
"""Before "cells" these mean not all of them."""

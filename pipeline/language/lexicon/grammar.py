"""Words by what they do in a sentence: subjects, determiners, verbs."""

from pipeline.wordlist import words

SUBJECTS = words("""
    i we he she they it you there that this who i'm i've i'd i'll we're we've we'd we'll he's she's they're they've
    it's that's there's he'd she'd you're you've these those it'll its' what's here's who's everything everyone
    nobody somebody someone something nothing
""")
"""Pronouns that begin a clause with a subject of its own; what follows is its verb."""

DETERMINERS = words("""
    the my our your his her their a an this that these those some all both one no every each any two three most
    several many another it's its
""")
"""Words that begin a noun phrase, which may be the subject of a remark."""

PREDICATES = words("""
    is isn't are aren't was wasn't were weren't has hasn't had hadn't have haven't does doesn't did didn't do don't
    will won't can can't says said looks looked look seems seemed seem thinks thought goes went comes came gets got
    gave gives needs needed wants wanted asks asked told tells knows knew likes liked loves loved hates hated keeps
    kept makes made takes took found finds felt feels means meant shows showed shown sent sends wrote writes put
    puts ran began begins started starts ended ends broke breaks fell falls lost loses won wins met meets left
    leaves paid pays sold sells bought buys saw sees heard hears read spoke speaks stands stood became becomes stays
    stayed remains works worked fails failed passes passed helps helped hurts matters happens happened waits waited
    expects expected prefers preferred hopes hoped depends cost costs changed changes moved moves turned turns
    posted posts shared shares picked picks chose chooses finished finishes crashed agreed attached approved
    approves been being squint squints need want like love think know see feel hope suffers lacks misses missed
    drifted drifts leaks bleeds flipped died dies burned burnt deserves promised
""")
"""Words that show a clause to have a verb of its own."""

VOLITION = words("want wants need needs prefer prefers wish require requires insist")
"""In a remark behind a request these ask for something, and no rule knows what."""

IMPERATIVES = words("""
    make do give get put set change fix send try use generate create render delete remove increase decrease lower
    raise rename move copy download export open start launch run repeat score rate evaluate finish continue proceed
    keep let have take turn switch stop skip add swap replace go leave want tell write update mark pick choose
    select improve clean
""")
"""In a thread, a message that opens with one of these is for the bot, understood or not."""

TO_OTHERS = words("yourself yourselves someone somebody anyone anybody everyone everybody folks guys who")

THANKS = words("""
    thanks thank you thx ty ta cheers great nice cool perfect awesome lovely ok okay lol haha wow good job work well
    done so much a lot very everyone all bot love it sweet amazing excellent brilliant super got fine yes no hi
    hello hey morning again for the help that this was fast quick noted right sure never mind bye see tomorrow merci
    danke looks really done beautiful wonderful fantastic
""")
"""A message of these words alone is for nobody to answer."""

LIGHT_VERBS = """
    run, start, launch, make, do, try, use, give, give me, give us, get, get me, get us, pull up, bring up, open,
    see, have, order, request, generate, create, kick off, let me have, produce, queue, queue up, begin, render,
    show me, send me, i'll take, take, buy, fetch, prepare
"""
"""Verbs that mean what their object says: "run a training", "give me the grid"."""

"""Turns of phrase that are no action: courtesies, negations, talk, prices, "then judge". To add one, extend its line.

The language of the phrases is in `phrases.py`: [optional], (one|or|another), … for a gap. The actions' own phrases
stand in `pipeline/actions`.
"""

from pipeline.language.phrases import Table

NEGATIONS = Table(
    {
        "not": """
            don't, dont, do not, never, not, no, no need to, without, let's not, lets not, please don't, won't,
            shouldn't, should not, stop short of, hold off on, hold off with, wait with, rather not, there is no need
            to, needn't, better not, must not, mustn't, nobody, isn't, can't, cannot, skip
        """
    }
)

FILLERS = Table(
    {
        "polite": """
            please, pls, plz, kindly, can you, could you, would you, will you, can we, could we, would you mind, can you
            please, could you please, please could you, please can you, can i have you, could i have you, go ahead and,
            go and, be so kind and, be a dear and, (i|we) (want|need) [you] [to], (i'd|we'd|id) like [you] [to], (i|we)
            would like [you] [to], i'd love to, let's, lets, let us, time to, feel free to, it would be
            (nice|great|good|lovely|cool) [to have|to get|to|if you could|if we could], (i'd|i would) be grateful if you
            could, would you be so kind [as] to, quickly, quick, just, now, then, next, first, finally, also, and, so,
            but, ok, okay, hey, hi, hello, hallo, morning, good morning, good afternoon, good evening, evening, yo,
            dear, bot, team, all, folks, everyone, everybody, there, labs-bot, labsbot, labs, omg, oh, hmm, hm, well,
            right, alright, all right, great, nice, cool, perfect, good, thanks, thank you, thx, ty, yes, yep, yeah,
            sure, sorry, actually, never mind, nevermind, nvm, only, simply, maybe you can, again, instead, too, as
            well, already, asap
        """,
        "price": """
            how much would it cost to, how much would it cost if we, how much does it cost to, how much will it cost to,
            how much is it to, how much to, dry run, plan only, price only, price check, just the price, just the plan,
            what would it cost to, what would it cost if we, what does it cost to, what will it cost to, what's the
            price to, what is the price to, what's the cost to, what is the cost to, price to, cost to, estimate the
            cost to, tell me what it would cost to, tell me the price to, how expensive would it be to, how expensive is
            it to, what do you estimate to, (give|get) me (a|the) (price|quote|estimate) to, how much for, how much
            would it be to, (how much|what|how expensive) (would|will|does|do|might|is), (what's|what is) the
            (price|cost) (for|of), (quote|give|tell|send|get) me (a|the) (price|quote|estimate|cost) (for|of),
            (price|cost|quote|estimate) (for|of)
        """,
    }
)
"""What may stand before a request's verb. `price` also says that only the price is asked for."""

TALKS = Table(
    {
        "talk": """
            i, i'm, i've, i'd, i'll, we, we're, we've, we'd, we'll, she, he, they, it, it's, that's, she's, he's, you,
            you're, if, when, once, unless, after, maybe, perhaps, someone, somebody, anyone, anybody, who, why, where,
            whose, because, since, although, while, should, shall, what if, what about, how about, would, did, does, do
            we, do you, is, are, was, were, the judge, my, our, your, his, her, their, last, yesterday, today, tomorrow,
            not, no, nobody, yesterday's, remember, fyi, imagine, guess, wow, lol, haha, hahaha, looks, seems, i think,
            training, judging
        """
    }
)
"""How talk about the work begins."""

DRY = Table(
    {
        "dry": """
            dry run, dryrun, --dryrun, --dry_run, --plan, --preview, --price, preview, (plan|price) first, [show|see]
            [me] the (plan|price) first, cost only, simulation only, no (spend|spending), ask me before, tell me what it
            costs, dry_run, --dry-run, --dry, --plan-only, --price-only, plan only, plan-only, price only, price-only,
            (only|just) (the|a|an) [rough] (price|plan|cost|costs|estimate|quote|figure|pricing), only (price|plan),
            (the|a) (price|plan|cost|quote|estimate) only, how much (would|will|does|do) … cost, how much (would|will) …
            be, what (would|will|does) … cost, (show|tell|give|send|get) me (the|a|an)
            (price|plan|cost|costs|estimate|quote), (don't|dont|do not|not|without|never)
            (start|starting|launch|launching|execute|executing|run|running|do|doing) [it|anything|a|any]
            [thing|yet|now|until], (don't|dont|do not|without|never) (spend|spending) (anything|a|any|money),
            (don't|dont|do not|never) actually, estimate, quote, price check, cost estimate, how much is it, nothing
            started, no start, before (you|we|anything), what's the price, what is the price, what's the damage, what is
            the cost, what's the cost, how expensive
        """,
        "real": "no dry run, not a dry run, not dry, no dryrun, not a dryrun, without dry run",
    }
)
"""Words that ask for the plan and its price only."""

THEN_JUDGE = Table(
    {
        "then": """
            (then|and|&|,|;|.|+|afterwards|after) [then|also] [run] [the] [identity] (judge|judging|rejudge), followed
            by [the|a] [identity] (judge|judging), (and|then) (get|have) (them|it|these|those) judged, and [have]
            [them|it] judged, (with|including|incl|plus) [the] (judging|judge), then_judge, --then-judge, --judge, judge
            (them|it|these|those|the) [new] [ones|results|cells|images] [after|afterwards|too|then|when|right]
        """
    }
)
"""Words that ask for a verdict on what is made."""

FROM_THREAD = Table(
    {
        "thread": """
            (with|from|on|using) (these|those|my|our) [attached] (photos|pictures|photographs|images|files|pics),
            (with|from|on|using) [the] attached (photos|pictures|photographs|images|files|pics), (with|from|on|using)
            [the] (photos|pictures|photographs|images|files|pics) (in|of|from) [this|the] thread, (with|from|on|using)
            [the] (photos|pictures|photographs|images|files|pics) (i|we) (posted|attached|uploaded|shared|sent)
            [above|here|now], (with|from|on|using) [the] (photos|pictures|photographs|images|files|pics) above
        """
    }
)
"""Photographs that were posted to Slack."""

STRUCK = Table(
    {
        "judge": "(without|skip) [a|the] (judge|judging|verdict), no (judge|judging)",
        "matrix": """
            (without|skip) [a|the] (matrix|images|inference), no (matrix|images|inference), training only, only the
            training
        """,
    }
)
"""What is struck of the parts that come after a training."""

KEEPS = Table(
    {
        "no training": """
            (don't|dont|do not|no|not|never|without|without any|w/o|skip|skip the) [any|a|another|new]
            (train|retrain|training|retraining|retrains), no need to (train|retrain),
            (use|using|with|on|keep|reuse|reusing) [the] [same] (existing|current|same|old|already|trained) [already]
            [trained] (version|weights|lora|model|training)
        """,
        "same prompts": """
            same # prompts, same prompts [and seeds], [the] same prompt [and seed], no new prompts, [with] [the]
            (existing|old|same|current|usual) [#] prompts, prompts unchanged, prompts and seeds (of|from|as), same
            (seed|seeds), all [the] prompts, all # prompts
        """,
        "as the card says": """
            write judge_output.json, update summary.md [verdict], and update summary.md [verdict], 4-axis prompt,
            four-axis prompt, [on] all (four|4) axes, on (four|4) axes, all axes, vision
        """,
    }
)
"""Words that keep things as they are: understood, and nothing follows from them."""

WAITS = Table(
    {
        "waits": """
            next (week|month|time|year), at # (am|pm), at the meeting, as soon as, when (the|it|it's|they|dana),
            provided [that], assuming, depending on, at some point, not before, after the
            (training|meeting|weekend|fix), once (the|it|they|dana), in # (hours|minutes|days)
        """
    }
)
"""Words that put a request off."""

TAKES_BACK = Table(
    {
        "back": """
            actually no, wait [,] no, no don't, jk, kidding, just kidding, scratch that, on second thought, never mind,
            nevermind, not now, forget it, oops
        """
    }
)
"""Words behind a request that take it back, or may."""

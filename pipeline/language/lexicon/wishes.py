"""Wishes about how a request is done: its price only, judged or not, as before, and what is said of approvals."""

from pipeline.language.phrases import Table

WISHES = {
    "price": """
        (what's|whats|what is) the plan (to|for|of), how much (would|will|does|do|might|is|was) [it|that|this]
        [cost|be|take] [you|us|me] [to|if we|if you|if i|for|for us to|for you to], how much to, how much for,
        how much is, how much are, what (would|will|does|do) [it|that|this] cost [us|me] [to|if we|if you|if
        i|for], what (would|will|does|do|might) (it|that|this) be to, what (would|will|do) (you|they) charge
        [us|me] (for|to), how expensive (would|will) it be to, how expensive is it to, how expensive
        (would|will|is), what (would|will|does|might), (what's|whats|what is) the (price|cost|damage)
        (for|of|to|if we), (price|cost|quote|estimate|ballpark|price check|cost estimate) (for|of|to), ballpark,
        a ballpark for, rough (price|cost|estimate) (for|of), [and|just|only|please]
        (quote|give|tell|send|get|show) (me|us) (a|the|an|your) [rough|quick]
        (price|quote|estimate|cost|costs|ballpark|plan) (for|of|to), quote (me|us), quote (me|us) for, quote,
        price, estimate, estimate the (cost|costs|price) (for|of|to), estimate for, (tell|show) (me|us) what it
        would cost (to|if we), (tell|show) (me|us) what it costs to, what do you estimate (to|for),
        (tell|give|show) (me|us) how much it would (cost|be) to, (tell|show) (me|us) the plan for, price out,
        budget for
    """,
    "dry_run": """
        plan and price only, price and plan only, only plan and price, just plan and price, only the plan and
        the price, dry_run = (true|yes|1), dry_run : (true|yes), --dry-run (true|yes), --dry-run = (true|yes),
        only tell me, just tell me, tell me only, only asking, just asking, i am only asking, i'm only asking,
        don't run, do not run, dry run, dryrun, a dry run, as a dry run, --dryrun, --dry_run, --plan, --preview,
        --price, dry_run, --dry-run, --dry, --plan-only, --price-only, preview, preview only, [the] (plan|price)
        first, plan first, price first, [show|see|tell|give] [me|us] [the|a] (plan|price) first, cost only,
        simulation only, no (spend|spending), (ask|tell) me before [you start], (tell|show) (me|us) what it
        (costs|would cost), plan only, plan-only, price only, price-only, the plan only, the price only, for the
        plan only, [but] (only|just) [the|a|an] [rough] (price|plan|cost|costs|estimate|quote|figure|pricing)
        [please], (the|a) (price|plan|cost|quote|estimate) only, (show|tell|give|send|get) (me|us) [just|only]
        (the|a|an) [rough] (price|plan|cost|costs|estimate|quote) [only], [but|and] (don't|dont|do
        not|not|without|never)
        (start|starting|launch|launching|execute|executing|run|running|do|doing|begin|beginning|make|buy|order)
        (it|anything|that|this|any of it) [yet|now|for now], [but|and] (don't|dont|do not|without|never)
        (spend|spending) (anything|any money|money) [yet|now], [but|and] (don't|dont|do not|not)
        (start|run|launch) [yet|now], (don't|dont|do not|never) actually (run|start|do|make) it, estimate only,
        quote only, price check, cost estimate, estimate the cost, what is the cost, what's the cost, what's the
        price, what is the price, nothing started, no start, (what|how much) would that cost, (what|how much)
        would it cost, how much is it, how much is that, how much would that be, how expensive, how expensive is
        that, before you start, what's the damage, just a quote, just an estimate, cost, costs, the cost, the
        costs, the price, charge
    """,
    "class-noun": """
        --class-noun, --class_noun
    """,
    "plain": """
        --plain-words, --plain_words
    """,
    "real_run": """
        dry_run = (false|no|0), dry_run : false, --dry-run = false, no dry run, not a dry run, not dry, no
        dryrun, not a dryrun, without dry run
    """,
    "without_controls": """
        without [any|the] controls, without [any|the] control [photographs|photos|pictures], no controls, no control
        (photographs|photos|pictures), skip [the] controls, leave [out] the controls [out], --no-controls,
        --without-controls, without_controls = (true|yes|1), controls = (0|no|none|off), don't (use|add|buy) controls,
        do not (use|add|buy) [any] controls
    """,
    "batch": """
        --batch, batch = (true|yes|1), (as|in|by|through|via) [a|one] [message] batch, (with|through|by|via|using) the
        [message] (batch|batches) api, (using|with|through|via|by) [the] message batches,
        at half [the] price, for half the price
    """,
    "not_judged": """
        no judging, no judge, no judgement, no verdict, without judging, without the judge, without judge,
        without a judge, without the judging, without a verdict, skip the judge, skip judging, skip the judging,
        don't judge (it|them|anything) [yet], do not judge (it|them|anything) [yet], don't judge, do not judge,
        no need to judge [it|them], but don't judge (it|them), unjudged, judging is not needed
    """,
    "no_matrix": """
        (without|skip) [a|the] (matrix|images|inference|inference matrix), no (matrix|images|inference),
        training only, only the training, just the training, only train, train only
    """,
    "no_training": """
        [and|but|please] (don't|dont|do not|no|not|never|without|without any|w/o|skip|skip the|no need to)
        [any|a|another|new|more] (train|retrain|training|retraining|retrains|trainings)
        [please|again|anything|it|needed|required], [please] (use|using|with|on|keep|reuse|reusing|on top of)
        [the] [same] (existing|current|same|old|already|trained) [already] [trained]
        (version|weights|lora|model|training)
    """,
    "swapped": """
        swapped, replaced, exchanged, swapped for, replaced by, keep the others, keep the other, keep the rest
    """,
    "per": """
        (per|a|each|every) (cell|image|picture|prompt|vote|seed), (for|on) (each|every) (cell|image|picture),
        each, apiece, a piece, every time
    """,
    "own_seeds": """
        same (seed|seeds), [with|at] the same (seed|seeds), [and|with|at|on|for] (the|its|their) [run's]
        (own|existing|current|usual|old) seeds, [with] the seeds it [already] has, at the seeds it [already] has
    """,
    "kept": """
        [the] prompts and [the] seeds (from|of|as|like|as in|like in|taken from), existing version, existing
        trained version, the existing version, version as is, same prompts [and seeds], [the] same prompt [and
        seed|and the same seed], same prompts and same seeds, with the same prompts, no new prompts, no new
        prompt, no other prompts, [with] [the] (existing|old|same|current|usual) prompts, prompts unchanged,
        prompts and seeds (of|from|as|like|as in|like in|taken from), the prompts and seeds, all [the] prompts,
        all [of] its prompts, its prompts, [the|our] seeds and prompts (of|from), on every prompt, for every
        prompt, for all prompts, for each prompt, on all prompts, prompts of, prompts from, everything else (as
        before|unchanged|the same|stays|stays the same|as it was|like before|as is), otherwise (the
        same|unchanged|as before|same settings|the same settings), rest (as before|unchanged|the same), the rest
        (as before|unchanged|stays the same), [with|all] [the] same settings, settings unchanged, same
        everything else, all else equal, unchanged, write judge_output.json, [and] update summary.md [verdict]
        [afterwards|after|too|then], strong or against, for or against, one way or the other, stay as they are,
        stays as it is, stay the same, stay unchanged, as they are, as it is, write summary.md, [and] update
        [the] (summary|card), 4-axis prompt, four-axis prompt, vision, vision model, face_is_source_identity,
        pose_adherence, looks_photographic, as before, like before, same settings, same labels, -y, --yes,
        nothing new, no changes, of the run, from the run, of this lab, of the lab, no other changes, in the
        lab, [the] same prompt and [the] same seed, same prompts and same seeds, each cell should be judged,
        every cell should be judged
    """,
    "approval": """
        approval, approvals, the approval, approved, pre-approved, preapproved, okayed, approver, approvers,
        sign-off, signoff, signed off, signed, permission, authorised, authorized, authorisation, authorization,
        my limit, the limit, daily limit, my daily limit, our limit, the daily limit, the limits, limits, the
        owner, the boss, an admin, the admin, admin rights, override, overrides, approval step, skip that step,
        no need to wait for anyone, no need to ask anyone, no need to (wait|ask), no need for
        (approval|anybody), (i|we) approve this, (i|we) approve it, (i|we) approve, (i|we) already approve, has
        approved, have approved, approves, allowed, budget was raised, my budget, the budget is, raise the
        budget, unlimited, no limit, no limits, ignore the limit, ignore the limits, ignore my daily limit,
        ignore the budget, money is no issue, money is no object, whatever it costs, cost doesn't matter, no
        approval needed, skip the approval, skip approval, without approval, self-approved
    """,
}
"""Kinds of chunks and their phrases, in the language of `phrases.py`."""

THEN_JUDGE = Table(
    {
        "then_judge": """
            (then|and|&|,|;|.|+|-|afterwards) [then|also|please|finally] (judge|rejudge)
            [it|them|these|those|all|the results|the new ones|the new cells|the result|everything|all of
            them|that] [too|then|afterwards|after|right after|after that|right away|at the end|please|when
            done|when they are done|once they are done|when it is done|once done|as well],
            [and|then|,|;|-|.|&|+] [then|also|and] run the [identity] judge [over|on] [it|them|these|those|the
            results|the new ones|the new cells] [too|afterwards], (then|and|,|&|;|-|.|+) [then] [also]
            (judging|judgement), followed by [the|a|its|an] [identity] (judge|judging|judgement|verdict),
            (and|then|,) [then|also] (get|have) (them|it|these|those|the results|everything|all|the new ones|the
            results) judged [too|then|afterwards|after], [and|then|,] have (them|it|these|those) judged
            [too|afterwards], and [have] [them|it] judged, (with|including|incl|plus) [the|a]
            (judging|judgement|verdict) [after|afterwards|too|of them], then_judge [= true|= yes|: true|: yes|=
            1], --then-judge [= true], --then-judge true, --judge, judge (them|these|those)
            [too|after|afterwards|then], judge (it|them) (afterwards|after|then|too), judge the (new|new
            ones|results|new cells|result|new images) [too|then|after|afterwards], judge after, judge
            afterwards, and a verdict, and (send|put) (them|it) (to|through) the judge [too|afterwards], and
            (let|have) the judge (see|look at|check) (them|it) [too|afterwards], and (give|get) me a verdict
        """
    }
)
"""Words behind a request that ask for a verdict on what it makes."""

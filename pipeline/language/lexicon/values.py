"""Words that are a value of a field, or speak of one."""

from pipeline.makers.registry import MAKERS

VALUES = {
    "both": "both, both of, both the",
    "runs_word": """
        loras, all loras, both loras, all the loras, matrices, all matrices, (every|each|any|all)
        (run|lora|matrix), folders
    """,
    "photo_word": "photo, photos, photograph, photographs, picture, pictures",
    "failed": """
        failed, failing, failures, failure, the failures, fails, fail, a fail, the failed ones, [those] that
        (failed|fail), the ones that (failed|fail), (what|whatever|whichever|everything that|all that|those
        that|ones that|which|cells that|images that|every cell that|all cells that|the cells that)
        (failed|fails|fail|went wrong|broke|crashed|did not come out|didn't come out|is missing|came out
        broken), (missing|broken|unmade|crashed) (cells|ones|images|pictures|outputs|cell|one|image), red ones,
        not passed, did not pass, didn't pass
    """,
    "passed": """
        pass, passes, passed, passing, a pass, the passed ones, [those] that (passed|pass), the ones that
        (passed|pass), which (passed|pass), (everything|all|cells|those|whatever|what|ones|images) that
        (passed|pass), what passed, whatever passed, all that passed, green ones
    """,
    "what=grid": """
        grid, grids, [contact] sheet, contact sheet, the pictures of, the images of, image grid, matrix grid
    """,
    "what=verdict": """
        verdict, verdicts, the result of the judge, judge's verdict, judge verdict, judgement, judge's word
    """,
    "what=heatmap": "[drift] heatmap, [drift] heat map, drift map, [the] drift",
    "what=card": "card, cards, run card, summary, the summary, summary card",
    "what=reasons": """
        reasons, reason, the reasons, the why, why, judge's reasons, reasoning, reasonings, explanation,
        explanations, judge's reasoning, judge's comments, comments, the judge's words, justification
    """,
    "things=runs": "runs, our runs, the runs",
    "things=fixtures": "fixtures, fixture list",
    "things=jobs": "jobs, the jobs, job list, queue",
    "axis=q1": """
        identity, the identity, identity axis, likeness, face, faces, face axis, faces only, face identity,
        resemblance, q1
    """,
    "axis=q2": "pose, poses, pose axis, posing, q2",
    "axis=q3": "framing, framing axis, crop, cropping, composition, q3",
    "axis=q4": """
        photographic, realism, photorealism, photo-realism, photographic quality, photographic look, realism
        axis, photographic axis, skin realism, q4
    """,
    "axis=q1 q2 q3 q4": """
        all axes, all four axes, all 4 axes, all four, every axis, each axis, four axes, 4 axes, q1-q4, q1-4,
        the four axes
    """,
    "axis=q1 q2": "q1-q2, q1-2",
    "axis=q1 q2 q3": "q1-q3, q1-3",
    "axis=q2 q3": "q2-q3, q2-3",
    "axis=q2 q3 q4": "q2-q4, q2-4",
    "axis=q3 q4": "q3-q4, q3-4",
    "vendor=magnific": "magnific, magnific ai, the magnific",
    "vendor=clarity": "clarity, clarity upscaler",
    "vendor=crystal": "crystal, crystal upscaler",
    "vendor=seedvr2": "seedvr2, seedvr, seed vr2",
    "mode=skin": "skin mode, skin enhancer, for skin, in skin mode, --mode skin",
    "mode=precision": "precision mode, precision v2, in precision mode, precision, --mode precision",
    "mode=creative": "creative mode, in creative mode, creative upscaler, --mode creative",
    "scale=2": "2x, x2, twice the size, double the size, --scale 2",
    "scale=4": "4x, x4, four times the size, --scale 4",
    "scale=8": "8x, x8, eight times the size, --scale 8",
    "all_vendors": """
        all vendors, every vendor, all of the vendors, all the vendors, all of them, everyone, everybody, all
        identity vendors, each vendor
    """,
    "six_vendors": """
        all six vendors, all 6 vendors, all six, all 6, the six vendors, the six, the card's six, all of the six,
        all six of them
    """,
    "photo_set": """
        [and|,] [also] with the (whole|entire|full) (photo|photograph) set [too|as well], [and|,] [also] with all
        (photos|photographs|pictures) [of the fixture] [too|as well]
    """,
    "vague": """
        a few, few, a couple, a couple of, couple of, couple, some, some of, several, many, a bunch of, a
        handful of, a lot of, lots of, most, most of, a number of, plenty of, enough, loads of, various, some
        more, a few more, a couple more, several more, more, a couple of more, a few extra, some extra, some
        other, some new, some fresh, a few new, a few fresh, a few other
    """,
    "adds": "more, extra, additional, further, another, added, additionally, one more",
    "fresh": "new, fresh, different, other, random, unused, brand new, brand-new, newer",
    "latest": "latest, last, newest, most recent, recent, latest and greatest",
    "this": """
        that very run, it, this, that, this one, that one, this run, that run, the run here, this lora, this
        matrix, the same run, this same run, this job, here, the same one, this thread, the thread's run, that
        matrix
    """,
    "rest": """
        rest, the rest, remaining, the remaining, remainder, after these, after those, after this, what has not
        begun, what is left, remaining cells
    """,
    "prompt_word": """
        prompt, prompts, new prompt, new prompts, another prompt, the prompt, prompt ids, prompt id, prompt_ids,
        extra prompt, more prompts, prompt text
    """,
    "from_thread": """
        (with|from|on|using) (these|those|my|our) [attached] (photos|pictures|photographs|images|files|pics),
        (with|from|on|using) [the] attached (photos|pictures|photographs|images|files|pics),
        (with|from|on|using) [the] (photos|pictures|photographs|images|files|pics) (in|of|from) [this|the]
        thread, (with|from|on|using) [the] (photos|pictures|photographs|images|files|pics) (i|we)
        (posted|attached|uploaded|shared|sent) [above|here|now], (with|from|on|using) [the]
        (photos|pictures|photographs|images|files|pics) above
    """,
    "ranked=best": """
        best, top, strongest, highest, nicest, finest, greatest, most convincing, highest scoring, top scoring,
        best scoring
    """,
    "ranked=worst": "worst, weakest, lowest, poorest, bottom, least, lowest scoring, worst scoring",
    "below": """
        below, under, less than, lower than, worse than, smaller than, fewer than, <, at most, beneath, not
        reaching
    """,
    "above": "above, over, more than, higher than, better than, greater than, >, at least, exceeding, beyond",
} | {f"vendor={one.name}": one.entrant.said for one in MAKERS.entrants if one.entrant}
"""Kinds of chunks and their phrases, in the language of `phrases.py`."""

"""Words that turn, put off or take back a request; none of them is ever passed over."""

DANGER = {
    "except": """
        without, w/o, with the exception of, apart from the, except, except for, except the, excluding, but not,
        without, all but, all except, everything but, everything except, everything besides, every one but,
        minus, leave out, leaving out, leave, skip, skipping, ignore, ignoring, omit, omitting, drop, dropping,
        apart from, other than, aside from, anything but, but for, save for, not counting, and not
    """,
    "not": """
        not, no, never, don't, dont, do not, doesn't, won't, shouldn't, should not, no need to, needn't, isn't,
        aren't, can't, cannot, nobody, nothing, none, neither, nor, rather not, better not, must not, mustn't,
        let's not, lets not, please don't, hold off on, hold off with, wait with, stop short of, there is no
        need to, refrain from, no more, not yet, nope, didn't, wasn't, wouldn't, couldn't, haven't, hasn't,
        cancel that, instead of that, without a, hardly, barely
    """,
    "instead": """
        instead of, rather than, in place of, instead, instead of the old ones, instead of the old seeds,
        instead of the current ones, instead of the usual ones, instead of the existing ones, in place of the
        old ones, rather than the old ones, instead of the old
    """,
    "or": """
        at all, but one, last but one, or, either, maybe, perhaps, or maybe, and/or, whichever, whatever, any
        of, either of, or so, possibly, alternatively, ish
    """,
    "condition": """
        if, unless, provided, provided that, assuming, depending on, in case, only if, as long as, so long as,
        until, till, except if, except when, supposing, should, would, could, might, may, must, ought,
        otherwise, else, or else, given that, on condition, as far as, whether
    """,
    "period=today": "today, day, this day, today's",
    "period=week": "this week, week, weekly, the week, this week's, past week, the past week",
    "period=month": "this month, month, monthly, the month, this month's, past month, the past month",
    "period=all": """
        all time, alltime, all-time, in total, total, overall, altogether, ever, lifetime, so far, in all, since
        the beginning, to date, until now, all together, since ever, all in all, from the start, since the start
    """,
    "no_period": """
        last week, last month, yesterday, this year, last year, year, quarter, this quarter, last quarter, next
        month
    """,
    "time": """
        another time, by (evening|morning|night), tomorrow, tomorrow morning, tonight, today, later, later
        today, later on, yesterday, monday, tuesday, wednesday, thursday, friday, saturday, sunday, on monday,
        weekend, the weekend, next week, next month, next year, this week, this month, last week, last month,
        this afternoon, this evening, this morning, after lunch, before lunch, at lunch, after the meeting,
        before the meeting, at the meeting, at noon, at midnight, noon, midnight, morning, evening, overnight,
        in the morning, in the evening, in an hour, in # (hours|hour|minutes|minute|days|day|weeks|weeks' time),
        at # (am|pm|o'clock), # (am|pm|o'clock|h), every (day|hour|night|week|morning), each (day|night|week),
        daily, weekly, hourly, nightly, once, when, whenever, while, after, afterwards, before, as soon as, as
        soon as it, soon, sometime, some day, someday, one day, at some point, eventually, by
        (monday|tuesday|wednesday|thursday|friday|noon|tomorrow|tonight|then), not now, not before, since,
        during, the day after, as of, from now on, for now, meanwhile, in the meantime, hours, minutes, days,
        o'clock, wait, wait for, hold on, hold, pause, delay, postpone, schedule
    """,
    "correction": """
        wrong thread, wrong channel, wrong run, wrong one, wrong job, wrong person, sorry not, never mind that,
        changed my mind, change my mind, was a joke, is a joke, a joke, a mistake, the wrong one, not sure,
        unsure, the other way round, didn't mean that, didn't mean it, don't mean it, no wait, wait no, wait, i
        mean, i meant, i mean to say, scratch that, make that, make it, sorry i meant, sorry i mean, actually
        no, actually not, no no, no sorry, on second thought, on second thoughts, oops, whoops, my mistake,
        correction, or rather, i was wrong, forget it, forget that, forget what i said, never mind, nevermind,
        nvm, jk, kidding, just kidding, don't bother, undo, ignore that, strike that, change of plan, not that,
        hang on, argh, edit, typo
    """,
    "because": """
        because, because of, since (those|they|that|these|this|he|she|there), since it, since the, since we,
        since i, so that, so (i|we|she|he|they|it|everyone|people|the team), as (i|we|she|he|they|it), because
        (i|we|it|she|he|they|the), in order to, due to, thanks to, but (i|she|he|they|it|we|my), and
        (i|she|he|they|it|we) (need|want|have|had|am|is|was|were|will|has|like|love), to see (if|whether|how),
        to (check|find out|know|see) (if|whether|how|what), hoping, given
    """,
    "unsaid": """
        trigger, trigger word, enough, half, half of, (new|newer|other|more|different|better|fresh)
        (photos|pictures|photographs|images of|shots), guidance, guidance scale, guidance_scale, lora scale,
        lora_scale, scale, inference steps, inference step, denoising steps, sampling steps, learning rate, lr,
        epochs, epoch, batch size, batch, optimizer, dropout, autocaption, resolution, aspect ratio, rubric,
        threshold, thresholds, bar of, temperature, sampler, scheduler, negative prompt, width, height, size,
        image size, strength, creativity, caption, captions, captioning, format, quality, cfg
    """,
}
"""Kinds of chunks and their phrases, in the language of `phrases.py`."""

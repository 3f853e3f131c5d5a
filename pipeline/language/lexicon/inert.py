"""Words that hold nothing of a request: what joins, greets, thanks and asks politely."""

INERT_WORDS = {
    "glue": """
        alone, present, taking, those with, those of, with the following, a, an, the, of, on, for, at, in, to,
        from, using, with, via, through, by, as, into, onto, against, and, &, then, plus, my, our, your, its,
        is, are, be, within, like, also, too, as well, which is, that is, where, along with, together with, so,
        but, still, yet, back, them, these, those, they, all, every, whole, entire, complete, full, everything,
        only, just, simply, exactly, purely, solely, run, matrix, inference, inference matrix, lora, cell,
        cells, image, images, output, outputs, one, ones, value, values, called, namely, labelled, the
        following, as follows, following, of it, of them, all of, all the, each of, every one of, the ones, ones
        of, me, us, you, we, i, do, done, and so, and also, but only, but just, this time, [but] this time,
        [as|like|for] [the|our|its|an|a] [identity] reference [photo|image|picture|photograph], looked at,
        current, existing, trained, version of, job on, job for, [the] photorealistic, code, vs, versus, axis,
        axes
    """,
    "courtesy": """
        for labs, in labs, for the lab, when you have a moment, when you have a sec, when you get a chance, as
        soon as you can, whenever it suits you, when you are free, oh no, oh noo, hiya, heya, hii, heyy, yoo,
        ooh, aww, wow, yay, please please, therefore, kindly then, as discussed earlier, tell me, tell us, can
        you tell me, could you tell me, could you please tell me, do tell me, i wonder, good afternoon all, dear
        all, hi labs, hello labs, hey labs, thanks in advance, thank you in advance, so curious, one thing, on
        my behalf, please, kindly, please kindly, thanks, thank you, thanks a lot, thank you very much, thanks
        so much, many thanks, thx, ty, cheers, merci, danke, hey, hey all, hey there, hi, hi there, hi all, hi
        team, hi everyone, hi folks, hello, hello all, hello everyone, hello there, hallo, good morning, good
        afternoon, good evening, yo, dear, dear bot, bot, labs-bot, labsbot, labs bot, team, folks, guys,
        everyone, everybody, there, all right, alright, ok, okay, sure, yes, yep, yeah, yup, nice, perfect,
        super, awesome, omg, um, uh, uhm, er, erm, so um, like uh, you know, if you can, if possible, if you
        don't mind, if you please, when you can, when you have time, when you have a minute, whenever you can,
        for me, for us, for me please, for the team, for everyone, now, right now, right away, immediately, at
        once, straight away, asap, as soon as possible, quickly, real quick, urgently, already, finally, at
        last, today please, once more, one more time, once again, again, sorry, sorry for the noise, sorry for
        the trouble, sorry to bother you, sorry to bother, excuse me, one more thing, another thing, quick one,
        quick question, one question, last thing, one last thing, btw, by the way, fyi, no rush, no hurry, no
        stress, not urgent, it's not urgent, it's urgent, fingers crossed, here we go, here you go, good job,
        nice work, well done, you rock, you are the best, you're the best, much appreciated, appreciated,
        appreciate it, would be great, that would be great, that'd be great, would be nice, that would be nice,
        would be lovely, that would be lovely, would be awesome, that would help, that would be awesome, that
        would be all, that's all, that is all, that's it, this is it, nothing else, go straight ahead, straight
        ahead, you can start, start right away, start now, start immediately, let me know, love it, lol, haha,
        simple as that, ready, ready when you are, as always, as usual, as discussed, as agreed, as promised, as
        we said, in advance, on behalf of the team, regards, best regards, kind regards, i am here, i'm here,
        have fun, enjoy, take your time, my friend, buddy, mate, pal, man, dude, in parallel, on it, here is the
        thing, here's the thing, two things, so, and, then, but, also, friends, for real, seriously, honestly,
        pretty please, with thanks, in this thread, in the thread, i need it, we need it, let's see, :)
    """,
    "hesitation": "morning, evening, better, actually, hmm, hm, hmmm, oh, ah, well actually",
    "aside": """
        right, sure, great, nice, cool, perfect, good, super, lovely, awesome, well, easy, ready, urgent, quick,
        perfectly, fine
    """,
    "ordinal": "first, next, finally, at first, last thing",
    "polite": """
        please would you mind, please do you mind, please would you be so kind as to, please you, i would kindly
        like, i would kindly like to, i would kindly like to have, i would be (glad|happy|grateful) to have,
        would it be possible that you, would it be possible that we, is it possible that you, (i|we) would like
        to have, (i|we) would rather have, (i|we) would be glad if you, can you, could you, would you, will you,
        can we, could we, may we, may i, can i, could i, might i, can i get, can we get, could i get, could we
        get, can we have, can i have, could i have, could we have, would you mind, do you mind, can you please,
        could you please, would you please, will you please, please could you, please can you, please would you,
        can you just, could you just, could you quickly, can you quickly, can you go ahead and, go ahead and,
        please go ahead and, go on and, go and, feel free to, be so kind and, be so kind as to, be so kind to,
        be a dear and, would you be so kind as to, would you be so kind and, i'd be grateful if you could, i
        would be grateful if you could, it would be (nice|great|good|lovely|cool) (to have|to get|to|if you
        could|if we could|if you), let's, lets, let us, time to, it's time to, it is time to, (i|we) want,
        (i|we) want to, (i|we) want you to, (i|we) need, (i|we) need to, (i|we) need you to, (i'd|we'd|id) like,
        (i'd|we'd|id) like to, (i'd|we'd|id) like you to, (i'd|we'd) like to have, (i|we) would like, (i|we)
        would like to, (i|we) would like you to, (i|we) would like that you, (i'd|we'd) love, (i|we) would love,
        (i'd|we'd) love to, (i|we) wish to, i'd love you to, i would love you to, please to, be sure to, make
        sure to, make sure you, try to, you can, you may, you could, we can, we could, i ask you to, i'm asking
        you to, next up, next step, next task, todo for you, your turn, go, the task, task for you, request, my
        request, new request, job for you, here's a job for you, would it be possible to, is it possible to, any
        chance you could, any chance to, any chance we could, any chance of, how about, maybe you can, perhaps
        you can, maybe you could, do it, do this, do me a favour and, do me a favor and, then please, and
        please, so please, but please, please just, please then, is it ok to, is it okay to
    """,
    "again": "anew, afresh, over again, from scratch",
}
"""Kinds of chunks and their phrases, in the language of `phrases.py`."""

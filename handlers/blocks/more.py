"""The menu behind a result's buttons: what is done less often, each by its number in the job's own list."""

from handlers.blocks.kit import Block, clip

MORE = "labs:more"
MOST = 100
"""Options that Slack takes."""


def more(job_id: str, options: dict[str, str]) -> Block:
    """`options`: words by what is to be done: the number of a step, or `originals`."""
    made = [
        {"text": {"type": "plain_text", "text": clip(words, 75)}, "value": f"{job_id} {what}"}
        for what, words in options.items()
    ]
    placeholder = {"type": "plain_text", "text": "More…"}
    return {"type": "static_select", "action_id": MORE, "placeholder": placeholder, "options": made[:MOST]}

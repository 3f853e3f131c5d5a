"""What the app may do in Slack: the least that it needs, and what goes off without the rest. As in manifest.yml."""

NEEDED = {
    "channels:history": "hears its channel, and finds its own messages again after a crash",
    "chat:write": "writes and edits its messages",
    "files:read": "fetches the photographs that are posted, and sees when a picture can be shown",
    "files:write": "uploads grids and files, and deletes them where a consent is withdrawn",
    "users:read": "knows who is a guest, has left or is of another workspace",
}
"""By scope, what for."""
MORE = {
    "app_mentions:read": "a mention in another channel is told where to ask",
    "assistant:write": "suggestions, and “reads…”, in messages to the bot alone",
    "commands": "`/labs` and the shortcuts",
    "groups:history": "a private channel is heard",
    "im:history": "messages to the bot alone are heard",
    "im:write": "approvers and watchers are told alone",
    "links:read": "a pasted link to a run shows its verdict",
    "links:write": "a pasted link to a run shows its verdict",
    "reactions:write": "the message that asked carries a sign",
}
"""By scope, what is off without it."""

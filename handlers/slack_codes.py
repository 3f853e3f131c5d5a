"""What a refusal of Slack means for a message: the names are those of Slack's published method reference.

A name that stands nowhere waits: what nobody knows may be mended, and a paid verdict is not lost to one refusal.
"""

from enum import StrEnum

from pipeline.wordlist import words


class Refusal(StrEnum):
    """What is left to do."""

    WAIT = "wait"
    """Somebody can mend it: the token, the scopes, the channel, a limit."""
    CONTENT = "content"
    """Slack does not take this message as it is: it goes without its blocks."""
    THREAD = "thread"
    """The thread takes nothing: the channel itself does."""
    EDIT = "edit"
    """The message cannot be edited any more: another takes its place, while there is something to say."""
    TARGET = "target"
    """Nobody can be reached there."""


GENERAL = words("""
    invalid_arguments invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_json
    json_not_object
    invalid_post_type
""")
"""What any method may say of a request that it cannot read."""
_CONTENT = (
    words("""
    invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long no_text too_many_attachments
    attachment_payload_limit_exceeded invalid_attachments invalid_metadata_format invalid_metadata_schema
    metadata_too_large metadata_must_be_sent_from_app markdown_text_conflict too_many_contact_cards
    missing_file_data
    block_mismatch blocked_file_type file_is_deleted unable_to_share_files no_dual_broadcast_content_update
    file_not_found file_deleted duplicate_channel_not_found duplicate_message_not_found
    slack_connect_canvas_sharing_blocked slack_connect_file_upload_sharing_blocked
    slack_connect_blocked_file_type
    slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked
    slack_connect_clip_sharing_blocked
""")
    | GENERAL
)
_THREAD = words("""
    thread_not_found cannot_reply_to_message restricted_action_thread_locked
    restricted_action_non_threadable_channel
    restricted_action_thread_only_channel
""")
_EDIT = words("message_not_found cant_update_message edit_window_closed is_inactive cant_broadcast_message")
_TARGET = words("user_disabled user_not_found users_not_found messages_tab_disabled user_not_visible")
NAMED = _CONTENT | _THREAD | _EDIT | _TARGET
"""All others wait."""


def meaning(code: str, *, editing: bool) -> Refusal:
    """What an error name of Slack means.

    Args:
        code: As in `error`, or the status of an answer without one.
        editing: For a message that stands already.
    """
    if code in _CONTENT:
        return Refusal.CONTENT
    if code in _THREAD and not editing:
        return Refusal.THREAD
    if code in _EDIT and editing:
        return Refusal.EDIT
    return Refusal.TARGET if code in _TARGET else Refusal.WAIT

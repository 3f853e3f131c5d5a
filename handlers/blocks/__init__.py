"""Values to Block Kit JSON. Pure: no Slack client, no clock."""

"""What the lab does: values in, values out; no Slack, no database, no scheduler."""

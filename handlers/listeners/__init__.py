"""What Slack tells the bot."""

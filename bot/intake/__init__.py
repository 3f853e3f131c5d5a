"""What is heard: connections, the inbox, clicks, questions."""

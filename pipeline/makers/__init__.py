"""What makes images and trains: what each takes, costs and says."""

"""What a job leaves in the run's folder."""

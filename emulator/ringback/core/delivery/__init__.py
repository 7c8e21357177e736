"""What becomes of a job: deliveries, attempts, outcomes, and what is sent."""

"""What was asked: a query and a body become a `SpeakRequest`, or the service's refusal."""

"""What a scenario file of version 2 may say: a story in steps, one verb each."""

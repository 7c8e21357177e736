"""Applications that have the vendor's address written into them are led to a server of ours."""

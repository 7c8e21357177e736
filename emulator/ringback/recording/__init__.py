"""What happened, to take along: as scenario files, as JSON lines, as HAR.

Every form is made from a service: its journal, its deliveries and the requests that it received.
Secrets are masked, and bodies are told by length and digest.
"""

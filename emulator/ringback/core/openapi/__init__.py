"""The document of what is served, made of the tables that serve it."""

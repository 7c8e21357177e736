"""Our own paths: a service is looked at, arranged and moved over HTTP."""

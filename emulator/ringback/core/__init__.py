"""The rules, as values and tables: no clock, no socket, no thread, no file, no `await`."""

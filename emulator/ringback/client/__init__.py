"""An emulator of another process, over its control API: the same verbs and views as in this one."""

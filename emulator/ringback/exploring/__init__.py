"""All histories of faults up to a depth, each from a clean start: which of them breaks a story?"""

"""A battery of callbacks against anybody's receiver: what does it make of each?"""

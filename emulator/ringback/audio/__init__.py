"""Stand-in sound: real, decodable, of the right length and format, and without a word of speech.

`render` makes it and `repertoire` recognises it. In between, a request becomes a fingerprint
(`fingerprint`), the fingerprint and a length become symbols (`pace`, `symbols`), and each symbol
is a tone: as samples (`pcm`, `g711`), or as a frame that an encoder made once (`codebook`) and
that `mp3`, `aac` and `opus` string together. `flac` codes samples itself. The way back leads from
frames (`read` in each of these, chosen by `identify`) or from what is heard (`hearing`) to a
`reading`.

Equal requests give equal bytes, everywhere. Nothing here reads a file, a clock or a random number.
"""

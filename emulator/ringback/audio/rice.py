"""The subframes of a FLAC file: a predictor, and what it leaves in Rice codes (RFC 9639, 9.2)."""

from collections.abc import Sequence

_CONSTANT = 0b000000
_FIXED = 0b001000
_MOST = 4
"""The highest order of a fixed predictor."""

_LARGEST = 14
"""The largest parameter that four bits can say; 15 would announce samples without a code."""


def subframe(cycle: Sequence[int], times: int) -> bytes:
    """Code *cycle*, samples of 16 bits, repeated *times*, in whole bytes."""
    if len(set(cycle)) == 1:
        bits = f"0{_CONSTANT:06b}0{cycle[0] & 0xFFFF:016b}"
    else:
        bits = _predicted(cycle, times)
    size = -(-len(bits) // 8)
    return int(bits.ljust(8 * size, "0"), 2).to_bytes(size)


def _predicted(cycle: Sequence[int], times: int) -> str:
    """Code with the fixed predictor that leaves least, and the fitting Rice parameter."""
    left = list(cycle)
    candidates = [left]
    for _ in range(_MOST):
        # Of a sound that repeats, the difference repeats as well: the first follows the last.
        left = [sample - left[at - 1] for at, sample in enumerate(left)]
        candidates.append(left)
    order = min(range(_MOST + 1), key=lambda order: sum(map(abs, candidates[order])))
    folded = [2 * rest if rest >= 0 else -2 * rest - 1 for rest in candidates[order]]
    parameter = min(max((sum(folded) // len(folded)).bit_length() - 1, 0), _LARGEST)
    stop = 1 << parameter
    codes = ["0" * (rest >> parameter) + f"{stop | rest & stop - 1:b}" for rest in folded]
    opening = f"0{_FIXED | order:06b}0" + "".join(
        f"{sample & 0xFFFF:016b}" for sample in cycle[:order]
    )
    # Parameters of four bits, and one partition.
    return opening + f"00{0:04b}{parameter:04b}" + "".join(codes[order:] + codes * (times - 1))

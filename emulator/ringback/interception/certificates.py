"""A certificate for one run, and the files by which clients trust it."""

import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from ringback.core.request.origin import SERVICE
from ringback.errors import ServerError
from ringback.interception.variables import BUNDLES, MORE


def certify(folder: Path, environ: Mapping[str, str]) -> tuple[ssl.SSLContext, Path, Path]:
    """The service's TLS context, and two files in *folder* that make clients trust it.

    The first has what is trusted in *environ* as well, the second only what Node is told to trust
    beside its own. Raises `ServerError` without the extra `tls`.
    """
    try:
        import trustme
    except ImportError:
        raise ServerError(
            f"to answer for {SERVICE} takes a certificate: pip install 'ringback[tls]'"
        ) from None
    authority = trustme.CA(organization_name="Ringback, for one run")
    leaf = authority.issue_cert(SERVICE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    # OpenSSL reads keys from files alone: this one is gone when the line is done.
    with leaf.private_key_and_cert_chain_pem.tempfile(dir=str(folder)) as file:
        context.load_cert_chain(file)
    ours = authority.cert_pem.bytes()
    bundle, more = folder / "bundle.pem", folder / "authority.pem"
    bundle.write_bytes(_joined(_trusted(environ)) + ours)
    more.write_bytes(_joined([environ.get(MORE, "")]) + ours)
    return context, bundle, more


def _trusted(environ: Mapping[str, str]) -> list[str]:
    """The files of what is trusted so far: those that are named, or else the system's."""
    named = [environ.get(each, "") for each in BUNDLES]
    if any(Path(each).is_file() for each in named if each):
        return named
    if usual := ssl.get_default_verify_paths().cafile:
        return [usual]
    try:
        import certifi
    except ImportError:
        return []
    return [certifi.where()]


def _joined(paths: Iterable[str]) -> bytes:
    """What is in the files at *paths*, each once. What cannot be read is not trusted, either."""
    joined = b""
    for path in dict.fromkeys(paths):
        with suppress(OSError):
            joined += Path(path).read_bytes().rstrip() + b"\n" if path else b""
    return joined

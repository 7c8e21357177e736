"""Test certificates, for receivers of https callbacks on a loopback socket."""

import ssl
from pathlib import Path

from ringback.errors import ServerError

CA_FILE = "authority.pem"


def certify(directory: Path, *hosts: str) -> tuple[ssl.SSLContext, str]:
    """A server's TLS context for *hosts*, and the file of the authority to be trusted for it.

    The file is written into *directory*. Raises `ServerError` without the extra `tls`.
    """
    try:
        import trustme
    except ImportError:
        raise ServerError(
            "an https callback over sockets needs a test certificate: pip install 'ringback[tls]',"
            " or play the scenario in process"
        ) from None
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(context)
    ca_file = directory / CA_FILE
    authority.cert_pem.write_to_path(str(ca_file))
    return context, str(ca_file)

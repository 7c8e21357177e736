"""What Node has to be told beside variables.

Its `fetch` heeds proxies from 22.21 and 24 on, and `ws` none in any version.
"""

from ringback.core.request.origin import SERVICE


def script(host: str, port: int) -> str:
    """A script for `--require`: what Node connects to the service by TLS comes to *port*."""
    return _SCRIPT % {"service": SERVICE, "host": host, "port": port}


_SCRIPT = """\
"use strict";
const tls = require("node:tls");
const { syncBuiltinESMExports } = require("node:module");

const connect = tls.connect;
const isService = ({ host, port, path, socket }) =>
    !socket && !path && host === "%(service)s" && Number(port) === 443;

tls.connect = function (...given) {
    const options = typeof given[0] === "object" ? given[0] : { port: given[0] };
    const more = given.slice(given[0] === options ? 1 : 0);
    let wanted = { ...options };
    for (const each of given[0] === options ? [] : given.slice(1)) {
        if (typeof each === "string") wanted.host = each;
        else if (each !== null && typeof each === "object") wanted = { ...wanted, ...each };
    }
    if (!isService(wanted)) return connect.apply(this, given);
    const servername = wanted.servername || "%(service)s";
    const led = { ...wanted, host: "%(host)s", port: %(port)d, servername };
    return connect.call(this, led, ...more.filter((each) => typeof each === "function"));
};
syncBuiltinESMExports();
"""

"""Serves PyPI's aiosmtpd on a free port of loopback: smtp_server.py starttls|tls|none [CERTIFICATE KEY [USER PASSWORD]]

Prints "Serving SMTP on PORT", then each letter as a line of JSON, read with Python's own parser of mail. Mail to busy@ is
put off, mail to unknown@ is refused. Ends when standard input is closed, so that it never outlives the tests."""

import asyncio
import email
import email.policy
import json
import os
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.partition("@")[0]
        if name == "busy":
            return "451 4.7.1 Greylisted, try again later"
        if name == "unknown":
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({
            "hello": session.host_name,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "user": session.auth_data,
            "is_encrypted": session.ssl is not None or encryption == "tls",
            "headers": {name.lower(): str(value) for name, value in letter.items()},
            "defects": [str(defect) for defect in letter.defects],
            "text": letter.get_content(),
        }), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    given = (data.login.decode(), data.password.decode())
    # Some servers say back what they were told.
    return AuthResult(success=given == tuple(login), auth_data=given[0], handled=False,
                      message=None if given == tuple(login) else f"535 5.7.8 Not {given[1]}" if "echo" in given[0] else
                      "535 5.7.8 Authentication credentials invalid")


def protocol():
    with_login = {"auth_required": True, "authenticator": authenticate, "auth_require_tls": encryption == "starttls"}
    with_tls = {"tls_context": context, "require_starttls": True} if encryption == "starttls" else {}
    return SMTP(Handler(), **with_tls, **(with_login if login else {}))


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if encryption == "tls" else None)
    print(f"Serving SMTP on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


encryption, files, login = sys.argv[1], sys.argv[2:4], sys.argv[4:6]
context = None
if files:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
threading.Thread(target=end_with_stdin, daemon=True).start()
asyncio.run(main())

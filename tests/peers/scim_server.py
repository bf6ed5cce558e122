"""Serves PyPI's scim2-server with Jostle's extension: scim_server.py EXTENSION.json TOKEN

Every tenant (/NAME/v2) is a directory of its own. Takes a free port, prints the server's own line with the address, and
ends when standard input is closed, so that it never outlives the tests."""

import json
import os
import socket
import sys
import tempfile
import threading

from importlib.resources import files
from scim2_server.testserver import cli


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


extension_file, token = sys.argv[1:3]
defaults = files("scim2_server") / "resources"
schemas = json.loads((defaults / "default-schemas.json").read_text())
resource_types = json.loads((defaults / "default-resource-types.json").read_text())
extension = json.loads(open(extension_file).read())
schemas.append(extension)
for resource_type in resource_types:
    if resource_type["id"] == "User":
        resource_type.setdefault("schemaExtensions", []).append({"schema": extension["id"], "required": False})

folder = tempfile.mkdtemp()
names = []
for name, content in (("schemas.json", schemas), ("resource-types.json", resource_types)):
    names.append(os.path.join(folder, name))
    with open(names[-1], "w") as out:
        json.dump(content, out)

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]

threading.Thread(target=end_with_stdin, daemon=True).start()
sys.argv = ["scim2-server", "--schema", names[0], "--resource-type", names[1], "--bearer-token", token,
            "--dynamic-tenants", "--port", str(port)]
cli.main()

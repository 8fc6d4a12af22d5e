"""server.json, by which the MCP registry describes the server and its packages."""

import json
import subprocess
import tempfile
from pathlib import Path

from parts import bundle, common, image

FILE = "server.json"
SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"

VARIABLES = [
    {
        "name": "GHL_PIT_TOKEN",
        "description": "A private integration token of the HighLevel sub-account",
        "isRequired": True,
        "isSecret": True,
        "format": "string",
    },
    {
        "name": "GHL_LOCATION_ID",
        "description": "The sub-account: its id, or the address of its dashboard",
        "isRequired": True,
        "format": "string",
    },
    {
        "name": "GHL_READ_ONLY",
        "description": "true: offer only the tools that read",
        "format": "boolean",
        "default": "false",
    },
]


def server():
    return {
        "$schema": SCHEMA,
        "name": common.registry_name(),
        "title": "HighLevel contacts",
        "description": common.package()["description"],
        "repository": {"url": common.repository(), "source": "github"},
        "version": common.version(),
        "packages": packages(),
    }


def packages():
    """What is published, and how a host starts it. Crates are left out: the registry wants its name in a crate's README as
    visible text, and there the owner would have to stand."""
    numbered = {"version": common.version()}
    of_bundle = common.sha256((common.PACKAGES / bundle.FILE).read_bytes())
    docker = [{"type": "named", "name": "--no-healthcheck"}]
    rest = {"transport": {"type": "stdio"}, "environmentVariables": VARIABLES}
    return [
        {"registryType": "npm", "identifier": common.name(), **numbered, "runtimeHint": "npx", **rest},
        {"registryType": "pypi", "identifier": common.name(), **numbered, "runtimeHint": "uvx", **rest},
        {
            "registryType": "oci",
            "identifier": image.reference(),
            "runtimeHint": "docker",
            "runtimeArguments": docker,
            **rest,
        },
        {
            "registryType": "mcpb",
            "identifier": common.release_file(bundle.FILE),
            "fileSha256": of_bundle,
            **numbered,
            **rest,
        },
    ]


def build(_):
    common.write(FILE, common.json_bytes(server()))


def test():
    """The registry's own schema, which comes with the linter, and the rules that the linter adds."""
    common.tools()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / FILE).write_bytes((common.PACKAGES / FILE).read_bytes())
        lint = ["skillsaw", "lint", "--strict", folder]
        done = subprocess.run(lint, env=common.environment(), capture_output=True, text=True, check=False)
        common.check(done.returncode == 0, f"skillsaw says {done.stdout}{done.stderr}")
    read = json.loads((common.PACKAGES / FILE).read_bytes())
    of_bundle = [package.get("fileSha256") for package in read["packages"] if package["registryType"] == "mcpb"]
    common.check(of_bundle == [common.sha256((common.PACKAGES / bundle.FILE).read_bytes())], "server.json has another bundle")
    print("ok registry: server.json is valid")

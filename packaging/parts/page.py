"""The short page that PyPI and npm show. README's links lead to files that these packages do not hold."""

from parts import common

TEXT = """\
# {name}

{description}

It runs on your machine and talks to HighLevel alone. Try it without an account, against the built-in sandbox:

```sh
uvx {name} demo
npx {name} demo
```

For an MCP host such as Claude Desktop, Claude Code, Cursor or VS Code:

```json
{{
  "mcpServers": {{
    "ghl-contacts": {{
      "command": "{launcher}",
      "args": {arguments},
      "env": {{ "GHL_PIT_TOKEN": "pit-...", "GHL_LOCATION_ID": "..." }}
    }}
  }}
}}
```

The token is a private integration token of the sub-account. Tools, settings, scopes and everything else are described at
<{repository}>.

Licensed under either of Apache 2.0 or MIT, at your option.
"""


def text(ending="", launcher="uvx", arguments='["{name}"]'):
    return TEXT.format(
        name=common.name(),
        description=common.package()["description"],
        launcher=launcher,
        arguments=arguments.format(name=common.name()),
        repository=common.repository(),
    ) + (f"\n{ending}" if ending else "")

"""Starts a host's entry with the Python SDK and makes a contact: first_call.py ENTRY EMAIL"""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters, stdio_client


async def main(entry, email):
    entry = json.loads(entry)
    server = StdioServerParameters(command=entry["command"], args=entry["args"], env={**os.environ, **entry["env"]})
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        names = [tool.name for tool in (await session.list_tools()).tools]
        assert "ghl_upsert_contact" in names, names
        result = await session.call_tool("ghl_upsert_contact", {"email": email, "firstName": "Ada"})
        print(result.model_dump_json())
        receipt = result.model_dump(by_alias=True)["structuredContent"]
        assert receipt["outcome"] == "created", receipt


asyncio.run(main(*sys.argv[1:]))

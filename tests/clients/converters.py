"""Two SDKs that convert the tools for a model: google-genai, and openai-agents in its strict mode.

Each converts all tools of the server, and a call that follows from its conversion is carried out. No model is asked.
"""

import asyncio
import json
import sys

from agents.mcp import MCPServerStdio
from agents.mcp.util import MCPUtil
from google.genai._mcp_utils import mcp_to_gemini_tool
from mcp import ClientSession, StdioServerParameters, stdio_client

TOOLS = ["ghl_add_tags", "ghl_get_contact", "ghl_search_contacts", "ghl_upsert_contact"]


def check(name, holds, shown=""):
    print(f"ok {name}" if holds else f"FAIL {name}: {shown}", flush=True)


async def answer(session, tool, arguments):
    result = await session.call_tool(tool, arguments)
    return json.loads(result.content[0].text) if not result.is_error else {"error": result.content[0].text}


async def gemini(session, tools):
    """The declarations that Gemini gets; a call has the names of their properties."""
    declared = {}
    for tool in tools:
        (declaration,) = mcp_to_gemini_tool(tool).function_declarations
        declared[declaration.name] = declaration.parameters.properties
    check("google-genai converts all tools", sorted(declared) == TOOLS, sorted(declared))
    upsert = declared["ghl_upsert_contact"]
    check("google-genai keeps the arguments", {"email", "tags", "customFields", "contactId"} <= set(upsert), list(upsert))
    sent = {"email": "gemini@example.com", "tags": ["converted"], "customFields": [{"id": "Lead Score", "value": "82"}]}
    receipt = await answer(session, "ghl_upsert_contact", sent)
    check("a call of that conversion works", receipt.get("outcome") == "created", receipt)
    check("it stores a number", receipt.get("contact", {}).get("customFields") == {"Lead Score": 82}, receipt)


def filled(schema):
    """An argument of this strict schema that says nothing: strict mode requires every property."""
    if "anyOf" in schema:
        return filled(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    empty = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": []}
    if kind == "object":
        return {name: filled(inner) for name, inner in schema.get("properties", {}).items()}
    return empty.get(kind)


async def agents(session, tools):
    """The strict schemas of openai-agents; a call fills every property, as strict mode does."""
    # Only its settings are read here; the calls go through the session above.
    server = MCPServerStdio(params={"command": sys.argv[1], "args": ["stdio", "--sandbox"]})
    converted = [MCPUtil.to_function_tool(tool, server, convert_schemas_to_strict=True) for tool in tools]
    strict = {tool.name: tool.params_json_schema for tool in converted if tool.strict_json_schema}
    check("openai-agents converts all tools in strict mode", sorted(strict) == TOOLS, sorted(strict))
    schema = strict["ghl_search_contacts"]
    properties = schema["properties"]
    check("strict mode requires every property", set(schema["required"]) == set(properties), schema["required"])
    condition = properties["customFields"]["items"]["properties"]["value"]["anyOf"]
    bounds = next(branch for branch in condition if branch["type"] == "object")["properties"]
    check("a range has its bounds in strict mode", list(bounds) == ["gte", "lte", "gt", "lt"], condition)
    arguments = {name: filled(inner) for name, inner in properties.items()}
    arguments["customFields"] = [{"id": "Lead Score", "value": {"gte": "80", "lte": "", "gt": "", "lt": "90"}}]
    found = await answer(session, "ghl_search_contacts", arguments)
    scores = [contact.get("customFields", {}).get("Lead Score") for contact in found.get("contacts", [])]
    check("a search with every property filled takes a range", "contacts" in found, found)
    check("and finds only contacts within it", bool(scores) and all(80 <= score < 90 for score in scores), found)


async def main():
    server = StdioServerParameters(command=sys.argv[1], args=["stdio", "--sandbox"])
    async with stdio_client(server) as streams, ClientSession(*streams) as session:
        await session.initialize()
        tools = [tool for tool in (await session.list_tools()).tools if tool.name in TOOLS]
        await gemini(session, tools)
        await agents(session, tools)


asyncio.run(main())

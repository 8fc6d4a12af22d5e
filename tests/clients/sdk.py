"""The Python SDK `mcp`, 1.x or 2.x, whichever is installed."""

from contextlib import asynccontextmanager

from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp.client.sse import sse_client
from mcp.types import PromptReference
from pydantic import AnyUrl

from drive import drive, plain

try:
    from mcp import Client, MCPError
except ImportError:
    from mcp import McpError as MCPError
    from mcp.client.streamable_http import streamablehttp_client

    Client = None


class Session:
    ProtocolError = MCPError

    def __init__(self, session):
        self.session = session

    async def list_tools(self):
        return [plain(tool) for tool in (await self.session.list_tools()).tools]

    async def call_tool(self, name, arguments):
        return plain(await self.session.call_tool(name, arguments))

    async def read_resource(self, uri):
        # 1.x wants an address of its own type.
        result = await self.session.read_resource(uri if Client else AnyUrl(uri))
        return result.contents[0].text

    async def get_prompt(self, name, arguments):
        return (await self.session.get_prompt(name, arguments)).messages[0].content.text

    async def complete(self, prompt, argument, typed):
        reference = PromptReference(type="ref/prompt", name=prompt)
        result = await self.session.complete(reference, {"name": argument, "value": typed})
        return result.completion.values


@asynccontextmanager
async def connect(args):
    command = StdioServerParameters(command=args.target[0], args=args.target[1:])
    url = args.target[0]
    if Client:
        server = {"stdio": command, "http": url, "sse": sse_client(url)}[args.transport]
        async with Client(server, mode=args.mode) as client:
            yield Session(client), client.protocol_version
        return
    open_transport = {
        "stdio": lambda: stdio_client(command),
        "http": lambda: streamablehttp_client(url),
        "sse": lambda: sse_client(url),
    }[args.transport]
    async with open_transport() as streams, ClientSession(streams[0], streams[1]) as session:
        greeting = await session.initialize()
        yield Session(session), greeting.protocolVersion


drive(connect)

"""The client of `fastmcp`, which reads an answer into types of its own by the tool's output schema."""

from contextlib import asynccontextmanager

from fastmcp import Client
from fastmcp.client.transports import SSETransport, StdioTransport, StreamableHttpTransport
from mcp import MCPError
from mcp.types import PromptReference

from drive import drive, plain


class Session:
    ProtocolError = MCPError

    def __init__(self, client):
        self.client = client

    async def list_tools(self):
        return [plain(tool) for tool in await self.client.list_tools()]

    async def call_tool(self, name, arguments):
        result = await self.client.call_tool(name, arguments, raise_on_error=False)
        assert result.is_error or result.data is not None, "the answer could not be read into types"
        content = [plain(block) for block in result.content]
        return {"isError": result.is_error, "content": content, "structuredContent": result.structured_content}

    async def read_resource(self, uri):
        return (await self.client.read_resource(uri))[0].text

    async def get_prompt(self, name, arguments):
        return (await self.client.get_prompt(name, arguments)).messages[0].content.text

    async def complete(self, prompt, argument, typed):
        reference = PromptReference(type="ref/prompt", name=prompt)
        return (await self.client.complete(reference, {"name": argument, "value": typed})).values


@asynccontextmanager
async def connect(args):
    first, *rest = args.target
    open_transport = {
        "stdio": lambda: StdioTransport(first, rest),
        "http": lambda: StreamableHttpTransport(first),
        "sse": lambda: SSETransport(first),
    }[args.transport]
    async with Client(open_transport(), mode=args.mode) as client:
        yield Session(client), client.protocol_version


drive(connect)

"""The Python SDK `mcp`, 1.x or 2.x, whichever is installed. speak.mjs says what it is told, and how.

sdk.py NODE BROWSER [MODE]     the program that follows the redirects of a sign-in; `auto` speaks the newer era
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from urllib.parse import parse_qs, urlsplit

from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata, OAuthToken

try:
    import httpx2 as httpx
    from mcp import Client
    from mcp.shared.auth import AuthorizationCodeResult
except ImportError:
    import httpx

    Client = None

CALLBACK = "http://127.0.0.1:3118/callback"
METADATA = OAuthClientMetadata(
    client_name="Client of tests",
    redirect_uris=[CALLBACK],
    grant_types=["authorization_code", "refresh_token"],
    response_types=["code"],
    token_endpoint_auth_method="none",
)


class Person:
    """Stores what the SDK tells it to store, and goes through the sign-in."""

    def __init__(self, browser):
        self.browser = browser
        self.tokens = self.client = self.callback = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client

    async def go(self, url):
        process = await asyncio.create_subprocess_exec(*self.browser, "--print", url, stdout=asyncio.subprocess.PIPE)
        printed, _ = await process.communicate()
        self.callback = parse_qs(urlsplit(printed.decode().strip()).query)

    async def came_back(self):
        code, state, iss = (self.callback.get(name, [None])[0] for name in ["code", "state", "iss"])
        return AuthorizationCodeResult(code=code, state=state, iss=iss) if Client else (code, state)


class Session:
    """A session in a task of its own: what ends it is the answer to the command under way."""

    def __init__(self, person, mode):
        self.person, self.mode = person, mode
        self.provider = self.task = None
        self.commands = asyncio.Queue()

    async def connect(self, stack, url, transport, bearer):
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else None
        auth = None if bearer else self.auth(url)
        if transport == "sse":
            streams = sse_client(url, headers=headers, auth=auth)
        else:
            web = await stack.enter_async_context(httpx.AsyncClient(headers=headers, auth=auth, timeout=30))
            streams = streamable_http_client(url, http_client=web)
        if Client:
            return await stack.enter_async_context(Client(streams, mode=self.mode))
        read, write, *_ = await stack.enter_async_context(streams)
        session = await stack.enter_async_context(ClientSession(read, write))
        await session.initialize()
        return session

    def auth(self, url):
        # It knows when the token expires, as long as the process runs; what is stored does not say it.
        if self.provider is None:
            self.provider = OAuthClientProvider(url, METADATA, self.person, self.person.go, self.person.came_back)
        return self.provider

    async def live(self, opened, given):
        async with AsyncExitStack() as stack:
            session = await self.connect(stack, given["url"], given["transport"], given.get("bearer"))
            opened.set_result(None)
            while call := await self.commands.get():
                name, arguments, answer = call
                try:
                    answer.set_result(await session.call_tool(name, arguments))
                except Exception as error:
                    answer.set_exception(error)

    async def ended(self, future):
        """The result of `future`, or the error that ends the session."""
        await asyncio.wait({future, self.task}, timeout=40, return_when=asyncio.FIRST_COMPLETED)
        if not future.done():
            if self.task.done():
                self.task.result()
            raise RuntimeError("the client does not answer" if not self.task.done() else "the session has ended")
        return future.result()

    async def open(self, given):
        opened = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self.live(opened, given))
        await self.ended(opened)

    async def call(self, given):
        answer = asyncio.get_running_loop().create_future()
        await self.commands.put((given["tool"], given["arguments"], answer))
        result = (await self.ended(answer)).model_dump(mode="json", by_alias=True, exclude_none=True)
        if result.get("isError"):
            raise RuntimeError(f"the tool refuses: {result['content']}")
        return result["structuredContent"]

    async def close(self, _):
        task, self.task = self.task, None
        if task and not task.done():
            await self.commands.put(None)
            await asyncio.wait({task}, timeout=10)
            task.cancel()
        self.commands = asyncio.Queue()

    async def token(self, _):
        return self.person.tokens and self.person.tokens.access_token

    async def swap(self, given):
        self.person.tokens = OAuthToken(access_token=given["token"])
        self.provider = None

    async def forget(self, _):
        self.person.tokens = self.provider = None


def innermost(error):
    """A group of errors names none of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def main():
    session = Session(Person(sys.argv[1:3]), sys.argv[3] if len(sys.argv) > 3 else "legacy")
    while line := await asyncio.to_thread(sys.stdin.readline):
        given = json.loads(line)
        try:
            answer = {"ok": await getattr(session, given["command"])(given)}
        except BaseException as error:
            error = innermost(error)
            answer = {"error": " ".join(f"{type(error).__name__}: {error}".split())[:800]}
        print(json.dumps(answer), flush=True)


asyncio.run(main())

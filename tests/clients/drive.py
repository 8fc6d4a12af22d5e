"""What the Python drivers share: arguments, the steps, and what is expected of an answer."""

import argparse
import asyncio
import json
import os
import pathlib
import sys

import jsonschema

HERE = pathlib.Path(__file__).parent
TOOLS = ["ghl_add_tags", "ghl_get_contact", "ghl_search_contacts", "ghl_upsert_contact"]


def expect(wanted, got, where="answer"):
    """Objects hold at least what is wanted; a list of objects holds each; everything else is equal."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key, value in wanted.items():
            assert key in got, f"{where}.{key} is missing"
            expect(value, got[key], f"{where}.{key}")
    elif isinstance(wanted, list) and wanted and isinstance(wanted[0], dict):
        for one in wanted:
            assert any(holds(one, other) for other in got), f"{where}: no {one} in {got}"
    else:
        assert wanted == got, f"{where}: {got!r}, wanted {wanted!r}"


def holds(wanted, got):
    try:
        expect(wanted, got)
    except AssertionError:
        return False
    return True


def plain(result):
    """A value of the SDK's as it came over the wire."""
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


async def take(session, tools, step):
    tool = tools[step["tool"]]
    if not step.get("invalid"):
        jsonschema.validate(step["arguments"], tool["inputSchema"])
    result = await session.call_tool(step["tool"], step["arguments"])
    structured = result["structuredContent"]
    jsonschema.validate(structured, tool["outputSchema"])
    assert result.get("isError", False) == ("error" in step), f"isError: {result}"
    expect(step.get("answer") or step["error"], structured)
    if "answer" in step:
        assert json.loads(result["content"][0]["text"]) == structured, "text and structuredContent differ"


async def take_unknown_tool(session):
    try:
        await session.call_tool("ghl_no_such_tool", {})
    except session.ProtocolError as error:
        assert error.error.code == -32602, error.error
    else:
        raise AssertionError("a tool that does not exist was called")


async def take_offers(session):
    """What a person chooses: a resource is read, a prompt is filled in, and names are offered while they are typed."""
    text = await session.read_resource("ghl://tags")
    assert "vip" in json.loads(text)["tags"], text
    text = await session.get_prompt("prepare_call", {"contact": "Jane Smith"})
    assert text.startswith('Prepare my call with "Jane Smith"'), text
    assert await session.complete("clean_up_list", "list", "custo") == ["customer"]


async def take_all(args, connect):
    failed = 0

    async def step(name, work):
        nonlocal failed
        try:
            value = await work
        except Exception as error:  # a failure is one line, and the next step runs
            failed += 1
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"FAIL {args.run}: {name}: {reason[:600]}", flush=True)
        else:
            print(f"ok   {args.run}: {name}", flush=True)
            return value

    async with connect(args) as (session, version):
        want = {"legacy": "2025-11-25"}.get(args.mode, "2026-07-28")

        async def speaks():
            assert version == want, f"speaks {version}, wanted {want}"

        async def lists():
            tools = {tool["name"]: tool for tool in await session.list_tools()}
            assert sorted(tools) == TOOLS, sorted(tools)
            for tool in tools.values():
                jsonschema.Draft202012Validator.check_schema(tool["inputSchema"])
                jsonschema.Draft202012Validator.check_schema(tool["outputSchema"])
            return tools

        await step(f"speaks {want}", speaks())
        tools = await step("lists the four tools", lists())
        steps = (HERE / "steps.json").read_text(encoding="utf-8").replace("${run}", f"{args.run}-{os.getpid()}")
        for one in json.loads(steps):
            await step(one["name"], take(session, tools, one))
        await step("resources, prompts and completion", take_offers(session))
        await step("a tool that does not exist is a protocol error", take_unknown_tool(session))
    return failed


def drive(connect):
    """Takes every step in a session that `connect` opens; one line each, and exit code 1 where one failed.

    `connect` takes the arguments and gives, as a context, a session and the protocol version that it speaks. A session
    has `list_tools`, `call_tool` (both give what came over the wire), `read_resource`, `get_prompt` (both give the text),
    `complete` (gives the values) and `ProtocolError`.

    --run NAME [--mode legacy|auto|2026-07-28] [--transport stdio|http|sse] TARGET...

    TARGET is a command for stdio and a URL for http and sse.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", required=True)
    parser.add_argument("--mode", default="legacy")
    parser.add_argument("--transport", choices=["stdio", "http", "sse"], default="stdio")
    parser.add_argument("target", nargs=argparse.REMAINDER)
    sys.exit(1 if asyncio.run(take_all(parser.parse_args(), connect)) else 0)

// Shared by both TypeScript drivers: arguments, steps, and the checks of an answer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const TOOLS = ["ghl_add_tags", "ghl_get_contact", "ghl_search_contacts", "ghl_upsert_contact"];

/** `--run NAME [--mode legacy|auto|2026-07-28] [--transport stdio|http|sse] [--env KEY=VALUE]... -- TARGET...` */
export function readArguments() {
  const string = (fallback) => ({ type: "string", default: fallback });
  const env = { type: "string", multiple: true, default: [] };
  const options = { run: string("ts"), mode: string("legacy"), transport: string("stdio"), env };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  return { ...values, target: positionals };
}

/** Objects hold at least what is wanted; a list of objects holds each; everything else is equal. */
function expect(wanted, got, where = "answer") {
  if (Array.isArray(wanted) && typeof wanted[0] === "object") {
    for (const one of wanted) {
      const found = got.some((other) => holds(one, other));
      assert(found, `${where}: no ${JSON.stringify(one)} in ${JSON.stringify(got)}`);
    }
  } else if (!Array.isArray(wanted) && wanted !== null && typeof wanted === "object") {
    for (const [key, value] of Object.entries(wanted)) {
      assert(key in got, `${where}.${key} is missing`);
      expect(value, got[key], `${where}.${key}`);
    }
  } else {
    assert.deepEqual(got, wanted, `${where}: ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
  }
}

function holds(wanted, got) {
  try {
    expect(wanted, got);
    return true;
  } catch {
    return false;
  }
}

async function take(client, step) {
  // The SDK validates structuredContent, also of a failure, by the tool's outputSchema, and throws if it differs.
  const result = await client.callTool({ name: step.tool, arguments: step.arguments });
  assert.equal(result.isError ?? false, "error" in step, `isError: ${JSON.stringify(result)}`);
  expect(step.answer ?? step.error, result.structuredContent);
  if (step.answer) {
    assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent, "text and structuredContent differ");
  }
}

async function takeUnknownTool(client) {
  await assert.rejects(client.callTool({ name: "ghl_no_such_tool", arguments: {} }), (error) => {
    assert.equal(error.code, -32602);
    assert.match(error.message, /tool not found/);
    return true;
  });
}

/** What a person chooses: a resource is read, a prompt is filled in, and names are offered while they are typed. */
async function takeOffers(client) {
  const { resources } = await client.listResources();
  assert.deepEqual(resources.map((one) => one.uri).sort(), ["ghl://custom-fields", "ghl://tags", "ghl://users"]);
  const { contents } = await client.readResource({ uri: "ghl://tags" });
  assert(JSON.parse(contents[0].text).tags.includes("vip"), contents[0].text);
  const { messages } = await client.getPrompt({ name: "prepare_call", arguments: { contact: "Jane Smith" } });
  assert.match(messages[0].content.text, /^Prepare my call with "Jane Smith"/);
  const prompt = { ref: { type: "ref/prompt", name: "clean_up_list" }, argument: { name: "list", value: "custo" } };
  assert.deepEqual((await client.complete(prompt)).completion.values, ["customer"]);
}

/**
 * Lists the tools and takes every step; one line each. `version` is the protocol version that is spoken; a client that
 * does not tell it looks after its own session, and refuses an unknown tool by itself.
 */
export async function drive({ run, mode }, client, version) {
  let failed = 0;
  const step = async (name, work) => {
    try {
      await work();
      console.log(`ok   ${run}: ${name}`);
    } catch (error) {
      failed += 1;
      const reason = `${error.name}: ${error.message}`.replace(/\s+/g, " ");
      console.log(`FAIL ${run}: ${name}: ${reason.slice(0, 600)}`);
    }
  };
  const wanted = mode === "legacy" ? "2025-11-25" : "2026-07-28";
  const session = version !== undefined;
  if (session) await step(`speaks ${wanted}`, () => assert.equal(version, wanted));
  await step("lists the four tools", async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((tool) => tool.name).sort(), TOOLS);
  });
  const steps = readFileSync(new URL("steps.json", import.meta.url), "utf8").replaceAll("${run}", `${run}-${process.pid}`);
  for (const one of JSON.parse(steps)) {
    await step(one.name, () => take(client, one));
  }
  if (session) await step("resources, prompts and completion", () => takeOffers(client));
  if (session) await step("a tool that does not exist is a protocol error", () => takeUnknownTool(client));
  await client.close();
  process.exitCode = failed === 0 ? 0 : 1;
}

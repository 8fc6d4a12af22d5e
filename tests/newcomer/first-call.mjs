// Starts a host's entry with the TypeScript SDK and makes a contact: first-call.mjs ENTRY EMAIL
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const [entry, email] = process.argv.slice(2);
const { command, args, env } = JSON.parse(entry);
const client = new Client({ name: "newcomer", version: "1.0.0" });
await client.connect(new StdioClientTransport({ command, args, env: { ...process.env, ...env }, stderr: "inherit" }));
const names = (await client.listTools()).tools.map((tool) => tool.name);
assert(names.includes("ghl_upsert_contact"), names.join());
const result = await client.callTool({ name: "ghl_upsert_contact", arguments: { email, firstName: "Ada" } });
console.log(JSON.stringify(result));
assert.equal(result.structuredContent.outcome, "created");
await client.close();

// Real OAuth clients sign in to the program at a certified authorization server, each in every flow; prints a table.
//
//   run.mjs BINARY CLIENTS [PART]...     CLIENTS is the folder of the clients; only runs whose names hold a PART
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FLOWS } from "./flows.mjs";
import { HAND } from "./by_hand.mjs";
import { Client } from "./client.mjs";
import { RESOURCE_CLIENT, startIssuer } from "./issuer.mjs";
import { startProxy } from "./proxy.mjs";
import { startServer } from "./server.mjs";

const [binary, clients, ...parts] = process.argv.slice(2);
const STATIC_TOKEN = "static-token-of-the-tests";
/** So many clients at once: most of the time they wait. */
const AT_ONCE = 8;

const browser = join(clients, "connectors/browser.mjs");
const node = (file, ...rest) => [process.execPath, join(clients, `connectors/${file}`), ...rest];
const python = (venv, mode) => [
  join(clients, `py-${venv}/bin/python`),
  join(clients, "connectors/sdk.py"),
  process.execPath,
  browser,
  ...mode,
];
/** Name, transport, how the client is started (`folder` is empty, `port` is free), and its flows if not all. */
const RUNS = [
  ["inspector", "http", ({ folder, port }) => node("inspector.mjs", folder, browser, port)],
  // Each of its calls is a process of a second or more.
  ["inspector", "sse", ({ folder, port }) => node("inspector.mjs", folder, browser, port), FLOWS.slice(0, 5)],
  ["mcp-remote", "http", ({ folder }) => node("mcp-remote.mjs", folder, browser)],
  ["mcp-remote", "sse", ({ folder }) => node("mcp-remote.mjs", folder, browser)],
  ["python-v1", "http", () => python("v1", [])],
  ["python-v1", "sse", () => python("v1", [])],
  ["python-v2", "http", () => python("v2", [])],
  ["python-v2-auto", "http", () => python("v2", ["auto"])],
  ["python-v2", "sse", () => python("v2", [])],
  ["typescript-v1", "http", () => node("sdk-v1.mjs")],
  ["typescript-v1", "sse", () => node("sdk-v1.mjs")],
  ["typescript-v2", "http", () => node("sdk-v2.mjs")],
  ["typescript-v2-auto", "http", () => node("sdk-v2.mjs", "auto")],
  ["typescript-v2", "sse", () => node("sdk-v2.mjs")],
];

const table = [];
let failures = 0;

async function step(row, head, sentence, work, log = () => []) {
  try {
    const note = await work();
    row.cells.set(head, note ?? "ok");
    console.log(`ok   ${row.name}: ${sentence}${note ? ` (${note})` : ""}`);
  } catch (error) {
    failures += 1;
    row.cells.set(head, "FAIL");
    console.log(`FAIL ${row.name}: ${sentence}: ${`${error.message}`.replace(/\s+/g, " ").slice(0, 600)}`);
    for (const line of log()) console.error(`     ${line}`);
    return error;
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return String(port);
}

/** One client with an issuer, a server and a proxy of its own, so that an outage is no other's. */
async function drive([client, transport, command, flows = FLOWS]) {
  const row = { name: `${client} ${transport}`, cells: new Map() };
  table.push(row);
  const isSse = transport === "sse";
  // Issuers with a path are as common as those without: a tenant, a realm.
  const issuer = await startIssuer(isSse ? "/realms/agency" : "");
  const proxy = await startProxy();
  const server = await startServer(
    binary,
    ["--public-url", proxy.url, "--oauth-issuer", issuer.url, "--oauth-introspection", `${issuer.url}/token/introspection`],
    {
      GHL_MCP_TOKENS: STATIC_TOKEN,
      GHL_MCP_OAUTH_CLIENT_ID: RESOURCE_CLIENT.id,
      GHL_MCP_OAUTH_CLIENT_SECRET: RESOURCE_CLIENT.secret,
    },
  );
  proxy.target = server.port;
  const target = { url: `${proxy.url}${isSse ? "/sse" : "/mcp"}`, transport };
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), "connectors-")));
  const env = { PATH: process.env.PATH, HOME: folders[0], PYTHONDONTWRITEBYTECODE: "1" };
  const [own, other] = await Promise.all(
    folders.map(async (folder) => new Client(command({ folder, port: await freePort() }), { env, target })),
  );
  const run = {
    name: row.name.replace(" ", "-"),
    issuer,
    proxy,
    client: own,
    other,
    isSse,
    margin: client === "mcp-remote" ? 60 : 0,
    staticToken: STATIC_TOKEN,
    resource: isSse ? proxy.url : target.url,
    metadata: `${proxy.url}/.well-known/oauth-protected-resource${isSse ? "" : "/mcp"}`,
  };
  let failed;
  for (const [head, sentence, flow] of flows) {
    const log = () => [...own.takeErrors().slice(-30), ...other.takeErrors().slice(-10)];
    log();
    failed = (await step(row, head, sentence, () => flow(run), log)) ?? failed;
  }
  if (failed) console.error([`--- ${row.name}`, ...server.log.slice(-10)].join("\n"));
  await Promise.all([own.stop(), other.stop(), server.stop(), issuer.close()]);
  proxy.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

async function byHand() {
  const row = { name: "by hand", cells: new Map() };
  for (const [sentence, check] of HAND) await step(row, sentence, sentence, () => check({ binary, staticToken: STATIC_TOKEN }));
}

const wanted = (name) => parts.length === 0 || parts.some((part) => name.includes(part));
const waiting = RUNS.filter(([client, transport]) => wanted(`${client} ${transport}`)).map((run) => () => drive(run));
if (wanted("by hand")) waiting.push(byHand);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let work = waiting.shift(); work; work = waiting.shift()) await work();
  }),
);

const heads = FLOWS.map(([head]) => head);
table.sort((one, other) => (one.name < other.name ? -1 : 1));
console.log(`\n${"".padEnd(24)}${heads.map((head) => head.padEnd(10)).join("")}`);
for (const { name, cells } of table) {
  const shown = heads.map((head) => (cells.get(head) ?? "-").padEnd(10));
  if (cells.has(heads[0])) console.log(`${name.padEnd(24)}${shown.join("")}`);
}
console.log("\nThe server does the same in each; clients differ. again: the client signs in again, where others renew;");
console.log("stops: it shows the refusal, and does not sign in for more; hidden: it calls listed tools only, without this one");
console.log(failures ? `${failures} failed` : "all green");
process.exit(failures ? 1 : 0);

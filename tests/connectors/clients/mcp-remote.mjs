// `mcp-remote`, the bridge from stdio to HTTP, driven by the TypeScript SDK as a host drives it. It opens a browser by itself.
//
// mcp-remote.mjs FOLDER BROWSER     FOLDER takes what it stores; BROWSER is opened in place of the system's
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { answered, speak } from "./speak.mjs";

const [folder, browser] = process.argv.slice(2);
const program = fileURLToPath(new URL("../node_modules/mcp-remote/dist/proxy.js", import.meta.url));

/** The file with the tokens, if there is one. */
function file() {
  const names = readdirSync(folder, { recursive: true });
  const name = names.find((name) => name.endsWith("_tokens.json"));
  return name && join(folder, name);
}
const tokens = () => (file() ? JSON.parse(readFileSync(file(), "utf8")) : undefined);

let client;
await speak({
  async open({ url, transport, bearer }) {
    const header = bearer ? ["--header", `Authorization: Bearer ${bearer}`] : [];
    client = new Client({ name: "host", version: "1.0.0" });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [program, url, "--allow-http", "--transport", `${transport}-only`, ...header],
        env: { PATH: process.env.PATH, HOME: folder, MCP_REMOTE_CONFIG_DIR: folder, BROWSER: browser },
        stderr: "inherit",
      }),
    );
  },
  call: async ({ tool, arguments: given }) => answered(await client.callTool({ name: tool, arguments: given })),
  close: () => client.close(),
  token: () => tokens()?.access_token,
  swap: ({ token }) => writeFileSync(file(), JSON.stringify({ access_token: token, token_type: "Bearer" })),
  forget: () => file() && rmSync(file()),
});

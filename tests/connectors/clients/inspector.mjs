// The MCP Inspector's command line. Each call is a process and a session of its own; what it has stored is all that they share.
//
// inspector.mjs FOLDER BROWSER PORT     FOLDER takes what it stores; BROWSER is opened in place of the system's; the sign-in
//                                       comes back to PORT
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { answered, speak } from "./speak.mjs";

const [folder, browser, port] = process.argv.slice(2);
const home = import.meta.resolve("@modelcontextprotocol/inspector/package.json");
const program = fileURLToPath(new URL("clients/launcher/build/index.js", home));
const secrets = join(folder, "secrets.json");
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  BROWSER: browser,
  // There is no terminal, and a browser that needs no person.
  MCP_AUTO_OPEN_ENABLED: "true",
  MCP_INSPECTOR_OAUTH_STATE_PATH: join(folder, "oauth.json"),
  MCP_INSPECTOR_SECRET_STORE: "file",
  MCP_INSPECTOR_SECRET_FILE: secrets,
  MCP_OAUTH_CALLBACK_URL: `http://127.0.0.1:${port}/oauth/callback`,
};

let target;
async function inspect(...flags) {
  const argv = [program, "--cli", ...target, "--format", "json", ...flags];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env, timeout: 60_000 }).catch((error) => {
    throw new Error(`exit code ${error.code}: ${error.stderr}`);
  });
  return JSON.parse(stdout).result;
}

/** The tokens that it has stored; `change` gives those that it has from now on, or none. */
function tokens(change) {
  if (!existsSync(secrets)) return undefined;
  const all = JSON.parse(readFileSync(secrets, "utf8"));
  const name = Object.keys(all.secrets).find((name) => name.includes(":tokens:"));
  const stored = name && JSON.parse(all.secrets[name]);
  if (name && change) {
    const changed = change(stored);
    if (changed) all.secrets[name] = JSON.stringify(changed);
    else delete all.secrets[name];
    writeFileSync(secrets, JSON.stringify(all));
  }
  return stored;
}

await speak({
  async open({ url, transport, bearer }) {
    target = [url, "--transport", transport, ...(bearer ? ["--header", `Authorization: Bearer ${bearer}`] : [])];
    // A process for nothing, unless there is a sign-in.
    if (bearer || !tokens()) await inspect("--method", "tools/list");
  },
  call: async ({ tool, arguments: given }) =>
    answered(await inspect("--method", "tools/call", "--tool-name", tool, "--tool-args-json", JSON.stringify(given))),
  close() {},
  token: () => tokens()?.access_token,
  swap: ({ token }) => void tokens(({ refresh_token, ...stored }) => ({ ...stored, access_token: token })),
  forget: () => void tokens(() => undefined),
});

// The MCP Inspector's command line: its strict check of the schemas, and each step in a process of its own.
//
// inspector.mjs --run NAME --mode legacy|modern [--transport stdio|http|sse] [--env KEY=VALUE]... -- TARGET...
//
// Each call is its own session, so the steps need a target that keeps its contacts between sessions.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { drive, readArguments } from "./drive.mjs";

const options = readArguments();
const home = import.meta.resolve("@modelcontextprotocol/inspector/package.json");
const program = fileURLToPath(new URL("clients/launcher/build/index.js", home));
const IS_ERROR = 5; // the exit code of a call that was answered with isError

function inspect(...flags) {
  const how = ["--transport", options.transport, "--protocol-era", options.mode, "--format", "json"];
  const environment = options.env.flatMap((pair) => ["-e", pair]);
  const argv = [program, "--cli", ...options.target, ...how, ...environment, ...flags];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  if (status !== 0 && !(status === IS_ERROR && stdout.startsWith('{"result"'))) {
    throw new Error(`exit code ${status}: ${stderr}`);
  }
  return JSON.parse(stdout);
}

await drive(options, {
  async listTools() {
    const { result, schemaFindings } = inspect("--method", "tools/list", "--strict");
    if (schemaFindings) {
      throw new Error(`the Inspector finds ${JSON.stringify(schemaFindings)}`);
    }
    return result;
  },
  async callTool({ name, arguments: given }) {
    return inspect("--method", "tools/call", "--tool-name", name, "--tool-args-json", JSON.stringify(given)).result;
  },
  async close() {},
});

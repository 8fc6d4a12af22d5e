// The program as an HTTP server, with the sandbox behind it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const STARTED = 30_000;
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill()));

/** Starts `binary http` with these flags and variables. It ends by `stop`, and with this process. */
export async function startServer(binary, flags, variables = {}) {
  const environment = { PATH: process.env.PATH, HOME: process.env.HOME, ...variables };
  const child = spawn(binary, ["http", "--sandbox", "--listen", "127.0.0.1:0", ...flags], {
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.add(child);
  const log = [];
  const lines = createInterface({ input: child.stderr });
  const port = await new Promise((found, failed) => {
    const late = setTimeout(() => failed(new Error(`the server does not start: ${log.join("\n")}`)), STARTED);
    lines.on("line", (line) => {
      log.push(line);
      const address = line.match(/listening on http:\/\/127\.0\.0\.1:(\d+)\/mcp/);
      if (address) {
        clearTimeout(late);
        found(Number(address[1]));
      }
    });
    child.on("exit", (code) => {
      clearTimeout(late);
      failed(new Error(`the server ended with ${code}: ${log.join("\n")}`));
    });
  });
  const stop = async () => {
    running.delete(child);
    const ended = new Promise((done) => child.once("exit", done));
    child.kill();
    await ended;
  };
  return { port, log, stop };
}

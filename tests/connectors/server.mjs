// The program as an HTTP server, and its simulated HighLevel.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const STARTED = 30_000;
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill()));

/** Starts the program, which says by lines that `found` understands that it runs. It ends by `stop`, and with this process. */
async function start(binary, words, variables, stream, found) {
  const environment = { PATH: process.env.PATH, HOME: process.env.HOME, ...variables };
  const child = spawn(binary, words, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const log = [];
  child.stdout.resume();
  const said = await new Promise((done, failed) => {
    const end = (why) => {
      clearTimeout(late);
      failed(new Error(`${words[0]} ${why}: ${log.join("\n")}`));
    };
    const late = setTimeout(() => end("does not start"), STARTED);
    createInterface({ input: child[stream] }).on("line", (line) => {
      log.push(line);
      const understood = found(log);
      if (understood) {
        clearTimeout(late);
        done(understood);
      }
    });
    child.on("exit", (code) => end(`ended with ${code}`));
  });
  const stop = async () => {
    running.delete(child);
    const ended = new Promise((done) => child.once("exit", done));
    child.kill();
    await ended;
  };
  return { ...said, log, stop };
}

/** `http` with these flags and variables; its `port` and `log`. Without an accounts file the sandbox is behind it. */
export function startServer(binary, flags, variables = {}) {
  const crm = flags.includes("--accounts") ? [] : ["--sandbox"];
  const words = ["http", ...crm, "--listen", "127.0.0.1:0", ...flags];
  return start(binary, words, variables, "stderr", (log) => {
    const address = log.at(-1).match(/listening on http:\/\/127\.0\.0\.1:(\d+)\/mcp/);
    return address && { port: Number(address[1]) };
  });
}

/** `sandbox`, for several accounts; its `url` and the `token` of its only location. */
export function startSandbox(binary) {
  return start(binary, ["sandbox", "--listen", "127.0.0.1:0"], {}, "stdout", (log) => {
    const setting = (name) => log.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
    const [url, token] = [setting("GHL_BASE_URL"), setting("GHL_PIT_TOKEN")];
    return url && token && { url, token };
  });
}

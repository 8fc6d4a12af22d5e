// A client as a process of its own; clients/speak.mjs says what it is told.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How long one command may take: a host of 2026 is a process that starts another one. */
const TIMEOUT = 60_000;

const running = new Set();
process.on("exit", () => running.forEach((client) => client.kill()));

export class Client {
  #waiting = [];
  #errors = [];

  constructor(command, settings) {
    // Its own group: what it starts ends with it.
    this.child = spawn(command[0], command.slice(1), { env: settings.env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    running.add(this);
    createInterface({ input: this.child.stdout }).on("line", (line) => this.#waiting.shift()?.(JSON.parse(line)));
    createInterface({ input: this.child.stderr }).on("line", (line) => this.#errors.push(line));
    this.child.on("exit", () => this.#waiting.splice(0).forEach((answer) => answer({ error: "the client has ended" })));
    this.child.stdin.on("error", () => {});
    this.target = settings.target;
  }

  /** What it wrote on its standard error since, for the log of a flow that failed. */
  takeErrors = () => this.#errors.splice(0);

  async tell(command, given = {}) {
    const answer = await new Promise((done) => {
      const late = setTimeout(() => done({ error: `no answer to ${command} in ${TIMEOUT / 1000} s` }), TIMEOUT);
      this.#waiting.push((answer) => {
        clearTimeout(late);
        done(answer);
      });
      this.child.stdin.write(`${JSON.stringify({ command, ...given })}\n`);
    });
    if ("error" in answer) throw new Error(answer.error);
    return answer.ok;
  }

  open = (bearer) => this.tell("open", { ...this.target, bearer });
  call = (tool, given) => this.tell("call", { tool, arguments: given });
  token = () => this.tell("token");
  close = () => this.tell("close").catch(() => {});

  /** The session ends; the next one has this token, and nothing to renew it with. */
  async swap(token) {
    await this.close();
    await this.tell("swap", { token });
  }

  /** The session ends; the next one starts with a sign-in. */
  async forget() {
    await this.close();
    await this.tell("forget");
  }

  async stop() {
    if (!running.delete(this) || this.child.exitCode !== null) return;
    const ended = new Promise((done) => this.child.once("exit", done));
    this.child.stdin.end();
    const late = setTimeout(() => this.kill(), 3000);
    await ended;
    clearTimeout(late);
    this.kill();
  }

  kill() {
    try {
      process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

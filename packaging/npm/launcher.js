#!/usr/bin/env node
// Starts the program that npm has installed for this system.
"use strict";

const { spawn } = require("node:child_process");
const { name, optionalDependencies } = require("./package.json");

const isWindows = process.platform === "win32";
// Windows on ARM runs programs for x64.
const platform = `${name}-${process.platform}-${isWindows ? "x64" : process.arch}`;

function program() {
  try {
    return require.resolve(`${platform}/bin/${name}${isWindows ? ".exe" : ""}`);
  } catch {
    console.error(
      platform in optionalDependencies
        ? `${name}: the package ${platform} is not installed. npm leaves it out with --omit=optional, and with a lock file ` +
            `that was made on another system: install ${name} again without them.`
        : `${name}: there is no program for ${process.platform} on ${process.arch}. ` +
            `With Rust installed, build one: cargo install ${name}`,
    );
    process.exit(1);
  }
}

// The program decides when it ends. Ctrl-C in a terminal reaches it anyway, and a second one would end it at once. This stands before
// the start: the program may answer, and its host send a signal, before the next line of this runs.
let child;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (!(signal === "SIGINT" && process.stdin.isTTY)) child.kill(signal);
  });
}
child = spawn(program(), process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`${name}: the program cannot be started: ${error.message}`);
  process.exit(1);
});

// npx starts this through a shell, which a signal ends without passing it on.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  child.kill("SIGTERM");
}, 500);
watch.unref();
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

// The TypeScript SDK, 2.x: `@modelcontextprotocol/client`. By default it uses the older era.
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { drive, readArguments } from "./drive.mjs";

const options = readArguments();
const [first, ...rest] = options.target;
const transport = {
  stdio: () => new StdioClientTransport({ command: first, args: rest, stderr: "inherit" }),
  http: () => new StreamableHTTPClientTransport(new URL(first)),
  sse: () => new SSEClientTransport(new URL(first)),
}[options.transport]();

const modes = { legacy: undefined, auto: { mode: "auto" } };
const versionNegotiation = options.mode in modes ? modes[options.mode] : { mode: { pin: options.mode } };
const client = new Client({ name: "sdk-v2", version: "1.0.0" }, { versionNegotiation });
await client.connect(transport);
await drive(options, client, client.getNegotiatedProtocolVersion() ?? "nothing");

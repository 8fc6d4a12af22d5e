// The TypeScript SDK, 1.x: `@modelcontextprotocol/sdk`.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { drive, readArguments } from "./drive.mjs";

const options = readArguments();
const [first, ...rest] = options.target;
const transport = {
  stdio: () => new StdioClientTransport({ command: first, args: rest, stderr: "inherit" }),
  http: () => new StreamableHTTPClientTransport(new URL(first)),
  sse: () => new SSEClientTransport(new URL(first)),
}[options.transport]();

// This client hides the protocol version but passes it to its transport.
let version;
transport.setProtocolVersion = ((tell) => (spoken) => {
  version = spoken;
  tell?.call(transport, spoken);
})(transport.setProtocolVersion);

const client = new Client({ name: "sdk-v1", version: "1.0.0" });
await client.connect(transport);
await drive(options, client, version ?? "nothing");

// The TypeScript SDK, 2.x: `@modelcontextprotocol/client`. `sdk-v2.mjs auto` speaks the newer era, where the server has it.
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { session } from "./person.mjs";
import { speak } from "./speak.mjs";

const versionNegotiation = process.argv[2] === "auto" ? { mode: "auto" } : undefined;
await speak(
  session({
    client: () => new Client({ name: "sdk-v2", version: "1.0.0" }, { versionNegotiation }),
    transports: { http: StreamableHTTPClientTransport, sse: SSEClientTransport },
    finish: (transport, parameters) => transport.finishAuth(parameters),
  }),
);

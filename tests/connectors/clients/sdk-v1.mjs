// The TypeScript SDK, 1.x: `@modelcontextprotocol/sdk`.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { session } from "./person.mjs";
import { speak } from "./speak.mjs";

await speak(
  session({
    client: () => new Client({ name: "sdk-v1", version: "1.0.0" }),
    transports: { http: StreamableHTTPClientTransport, sse: SSEClientTransport },
    finish: (transport, parameters) => transport.finishAuth(parameters.get("code")),
  }),
);

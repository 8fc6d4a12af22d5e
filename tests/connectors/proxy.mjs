// What stands in front of the server, as Caddy or nginx does: clients know its address only. It passes everything on as it is,
// at once, and keeps a list of what it saw.
import { createServer, request as send } from "node:http";

export async function startProxy() {
  /** `{ method, path, bearer, rpc, status, challenge }`, by the order of requests. */
  const requests = [];
  const proxy = { requests, target: undefined };
  const server = createServer(async (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const seen = { method, path: url.split("?")[0], bearer: headers.authorization?.replace(/^Bearer /, "") };
    requests.push(seen);
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    seen.rpc = calledBy(body);
    const passed = send({ host: "127.0.0.1", port: proxy.target, method, path: url, headers }, (answer) => {
      seen.status = answer.statusCode;
      seen.challenge = answer.headers["www-authenticate"];
      outgoing.writeHead(answer.statusCode, answer.rawHeaders);
      outgoing.flushHeaders();
      answer.on("error", () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    outgoing.on("error", () => passed.destroy()).on("close", () => passed.destroy());
    passed.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  proxy.close = () => {
    server.close();
    server.closeAllConnections();
  };
  return proxy;
}

/** The tool that a request calls, or its method. */
function calledBy(body) {
  try {
    const { method, params } = JSON.parse(body);
    return method === "tools/call" ? params.name : method;
  } catch {
    return undefined;
  }
}

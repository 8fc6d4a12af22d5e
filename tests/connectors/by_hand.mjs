// What no client shows: plain requests, and a server without sign-in.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RESOURCE_CLIENT, SCOPES, startIssuer } from "./issuer.mjs";
import { startSandbox, startServer } from "./server.mjs";

const WELL_KNOWN = [
  "/.well-known/oauth-protected-resource",
  "/.well-known/oauth-protected-resource/mcp",
  "/.well-known/oauth-protected-resource/sse",
  "/.well-known/oauth-authorization-server",
  "/.well-known/oauth-authorization-server/mcp",
  "/.well-known/openid-configuration",
];
const PUBLIC = "https://crm.example.com";
const HELLO = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "hand", version: "1" } },
};

const call = (tool, given) => ({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: tool, arguments: given } });

async function post(server, bearer, message = HELLO, path = "/mcp") {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  return fetch(`http://127.0.0.1:${server.port}${path}`, { method: "POST", headers, body: JSON.stringify(message) });
}

/** A server whose address in public is another than its own, and its issuer. */
async function withSignIn({ binary, staticToken }, work, flags = []) {
  const issuer = await startIssuer();
  const server = await startServer(binary, ["--public-url", PUBLIC, "--oauth-issuer", issuer.url, ...flags], {
    GHL_MCP_TOKENS: staticToken,
  });
  try {
    return await work(server, issuer);
  } finally {
    await Promise.all([server.stop(), issuer.close()]);
  }
}

async function withoutIssuerNothingIsFound({ binary, staticToken }) {
  const server = await startServer(binary, [], { GHL_MCP_TOKENS: staticToken });
  try {
    const at = async (path, bearer) => {
      const sent = bearer ? { authorization: `Bearer ${bearer}` } : {};
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers: sent });
      const { date, ...headers } = Object.fromEntries(response.headers);
      return { status: response.status, headers, text: await response.text() };
    };
    const nowhere = await at("/nowhere");
    assert.equal(nowhere.status, 404);
    assert(!("www-authenticate" in nowhere.headers));
    for (const path of WELL_KNOWN) {
      assert.deepEqual(await at(path), nowhere, path);
      assert.deepEqual(await at(path, staticToken), nowhere, path);
    }
    const refused = await post(server);
    assert.equal(refused.status, 401);
    assert(!(refused.headers.get("www-authenticate") ?? "").includes("resource_metadata"));
    assert.equal((await post(server, staticToken)).status, 200);
  } finally {
    await server.stop();
  }
}

const metadataIsWhereClientsLook = (settings) =>
  withSignIn(settings, async (server, issuer) => {
    for (const [path, resource] of [["", PUBLIC], ["/mcp", `${PUBLIC}/mcp`]]) {
      const response = await fetch(`http://127.0.0.1:${server.port}/.well-known/oauth-protected-resource${path}`, {
        headers: { origin: "http://localhost:6274", "mcp-protocol-version": "2025-11-25" },
      });
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type"), /^application\/json/);
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
      const metadata = await response.json();
      assert.equal(metadata.resource, resource);
      assert.deepEqual(metadata.authorization_servers, [issuer.url]);
      assert.deepEqual(metadata.scopes_supported, SCOPES);
    }
    for (const path of WELL_KNOWN.slice(2)) {
      assert.equal((await fetch(`http://127.0.0.1:${server.port}${path}`)).status, 404, path);
    }
  });

const browsersMayAsk = (settings) =>
  withSignIn(settings, async (server) => {
    const asked = await fetch(`http://127.0.0.1:${server.port}/.well-known/oauth-protected-resource/mcp`, {
      method: "OPTIONS",
      headers: {
        origin: "http://localhost:6274",
        "access-control-request-method": "GET",
        "access-control-request-headers": "mcp-protocol-version",
      },
    });
    assert(asked.ok, `the preflight answers ${asked.status}`);
    assert.equal(asked.headers.get("access-control-allow-origin"), "*");
    assert.match(asked.headers.get("access-control-allow-headers"), /mcp-protocol-version/);
  });

const scopesDecide = (settings) =>
  withSignIn(settings, async (server, issuer) => {
    const read = call("ghl_get_contact", { email: "jane.smith@example.com" });
    const write = call("ghl_upsert_contact", { email: "hand@example.com" });
    const table = [
      [{ scope: "contacts:read" }, 200, 403],
      [{ scope: "contacts:read contacts:write" }, 200, 200],
      [{ scp: "contacts:read contacts:write" }, 200, 200],
      [{ scp: ["contacts:read"] }, 200, 403],
      [{ scope: "contacts:write" }, 200, 200],
      [{ scope: "openid profile" }, 403, 403],
      [{}, 403, 403],
    ];
    for (const [claims, mayRead, mayWrite] of table) {
      const token = await issuer.mint({ aud: PUBLIC, ...claims });
      const said = JSON.stringify(claims);
      assert.equal((await post(server, token, read)).status, mayRead, `${said} reads`);
      const written = await post(server, token, write);
      assert.equal(written.status, mayWrite, `${said} writes`);
      if (mayWrite === 403) assert.match(written.headers.get("www-authenticate"), /error="insufficient_scope"/);
    }
  });

const tokensAreForThisServer = (settings) =>
  withSignIn(settings, async (server, issuer) => {
    const scope = SCOPES.join(" ");
    const past = Math.floor(Date.now() / 1000) - 1;
    const other = await startIssuer();
    const table = [
      [await issuer.mint({ aud: PUBLIC, scope }), 200],
      [await issuer.mint({ aud: `${PUBLIC}/`, scope }), 200],
      [await issuer.mint({ aud: `${PUBLIC}/mcp`, scope }), 200],
      [await issuer.mint({ aud: ["https://other.example.com", `${PUBLIC}/mcp`], scope }), 200],
      [await issuer.mint({ aud: `http://127.0.0.1:${server.port}/mcp`, scope }), 401],
      [await issuer.mint({ aud: "https://other.example.com", scope }), 401],
      [await issuer.mint({ scope }), 401],
      [await issuer.mint({ aud: PUBLIC, scope, exp: past }), 401],
      [await issuer.mint({ aud: PUBLIC, scope, nbf: past + 600 }), 401],
      [await issuer.mint({ aud: PUBLIC, scope, iss: `${issuer.url}/` }), 401],
      [await other.mint({ aud: PUBLIC, scope }), 401],
      [await other.mint({ aud: PUBLIC, scope, iss: issuer.url }), 401],
      [RESOURCE_CLIENT.secret, 401],
    ];
    await other.close();
    for (const [index, [token, status]] of table.entries()) {
      const answer = await post(server, token);
      assert.equal(answer.status, status, `token ${index + 1} of the table`);
      if (status === 401) assert.match(answer.headers.get("www-authenticate"), /error="invalid_token".*resource_metadata=/);
    }
  });

/** The shapes of tokens that the pages of docs/operations describe. */
const vendorsTokensAreUnderstood = async (settings) => {
  const write = call("ghl_upsert_contact", { email: "vendor@example.com" });
  const written = async (server, token) => (await post(server, token, write)).status;
  await withSignIn(settings, async (server, issuer) => {
    const auth0 = { aud: [`${PUBLIC}/mcp`, "https://a.eu.auth0.com/userinfo"], azp: "claude", scope: "openid contacts:write" };
    const keycloak = { aud: [`${PUBLIC}/mcp`, "account"], typ: "Bearer", azp: "claude", scope: "email contacts:write" };
    const okta = { aud: PUBLIC, cid: "claude", scp: ["offline_access", "contacts:write"], ver: 1 };
    for (const claims of [auth0, keycloak, okta]) {
      assert.equal(await written(server, await issuer.mint(claims)), 200, JSON.stringify(claims));
    }
    assert.equal(await written(server, await issuer.mint({ ...keycloak, aud: "account" })), 401);
    assert.equal(await written(server, await issuer.mint({ ...keycloak, typ: "Refresh" })), 401);
  });
  const id = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
  const [read, all] = [`${PUBLIC}/mcp/contacts.read`, `${PUBLIC}/mcp/contacts.write`];
  const entra = { aud: id, ver: "2.0", azp: "claude", oid: "1", tid: "2", uti: "3", rh: "4" };
  const check = async (server, issuer) => {
    const refusal = await post(server);
    assert.match(refusal.headers.get("www-authenticate"), new RegExp(`scope="${read} ${all}"`));
    assert.equal(await written(server, await issuer.mint({ ...entra, scp: "contacts.read contacts.write" })), 200);
    assert.equal(await written(server, await issuer.mint({ ...entra, scp: "contacts.read" })), 403);
    assert.equal(await written(server, await issuer.mint({ ...entra, scp: "contacts.write", aud: PUBLIC })), 401);
  };
  await withSignIn(settings, check, ["--oauth-audience", id, "--oauth-scopes", `read=${read},write=${all}`]);
};

/** Two accounts, one for a group and one for an e-mail or a static token, which may only read. */
const ACCOUNTS = `
[[account]]
name = "sales"
group = "crm-sales"
[[account.location]]
id = "SandboxLocation00001"
credential_env = "CRM_PIT"
base_url = "BASE"

[[account]]
name = "support"
email = "kim@example.com"
token_env = "CLIENT_TOKEN"
[[account.location]]
id = "SandboxLocation00001"
credential_env = "CRM_PIT"
base_url = "BASE"
read_only = true
`;

async function peopleHaveAccounts({ binary, staticToken }) {
  const folder = mkdtempSync(join(tmpdir(), "connectors-"));
  const file = join(folder, "accounts.toml");
  const [issuer, crm] = await Promise.all([startIssuer(), startSandbox(binary)]);
  writeFileSync(file, ACCOUNTS.replaceAll("BASE", crm.url), { mode: 0o600 });
  const flags = ["--accounts", file, "--public-url", PUBLIC, "--oauth-issuer", issuer.url];
  const server = await startServer(binary, flags, { CRM_PIT: crm.token, CLIENT_TOKEN: staticToken });
  try {
    const write = call("ghl_upsert_contact", { email: "accounts@example.com" });
    const read = call("ghl_get_contact", { email: "jane.smith@example.com" });
    const outcome = async (bearer, message) => {
      const response = await post(server, bearer, message);
      const text = await response.text();
      return response.status === 200 ? (JSON.parse(text).result?.isError === false ? "done" : "refused") : response.status;
    };
    const token = (claims) => issuer.mint({ aud: PUBLIC, scope: SCOPES.join(" "), ...claims });
    const table = [
      [await token({ groups: ["office", "crm-sales"] }), "done", "done"],
      [await token({ roles: ["crm-sales"] }), "done", "done"],
      [await token({ email: "Kim@example.com", email_verified: true }), "done", "refused"],
      [staticToken, "done", "refused"],
      [await token({ email: "kim@example.com" }), 403, 403],
      [await token({ groups: ["crm"] }), 403, 403],
      [await token({}), 403, 403],
      [await token({ groups: ["crm-sales"], email: "kim@example.com", email_verified: true }), 403, 403],
    ];
    for (const [index, [bearer, reads, writes]] of table.entries()) {
      assert.equal(await outcome(bearer, read), reads, `row ${index + 1} reads`);
      assert.equal(await outcome(bearer, write), writes, `row ${index + 1} writes`);
    }
    const unknown = await post(server, await token({}));
    assert(!unknown.headers.has("www-authenticate"), "a client would sign in again, and get no further");
    assert.match(await unknown.text(), /administrator/);
  } finally {
    await Promise.all([server.stop(), crm.stop(), issuer.close()]);
    rmSync(folder, { recursive: true });
  }
}

const aFloodIsNoFlood = (settings) =>
  withSignIn(settings, async (server, issuer) => {
    const scope = SCOPES.join(" ");
    assert.equal((await post(server, await issuer.mint({ aud: PUBLIC, scope }))).status, 200);
    const before = issuer.requests.length;
    const forged = await issuer.mintByUnknownKey({ aud: PUBLIC, scope });
    const [, body, signature] = forged.split(".");
    const tokens = Array.from({ length: 200 }, (_, index) => {
      const header = Buffer.from(JSON.stringify({ alg: "RS256", kid: `unknown-${index}` })).toString("base64url");
      return `${header}.${body}.${signature}`;
    });
    const answers = await Promise.all(tokens.map((token) => post(server, token)));
    assert(answers.every((answer) => answer.status === 401), "a forged token is not refused with 401");
    assert.equal(issuer.requests.length - before, 1, "requests to the issuer");
  });

/** A sentence and its check. */
export const HAND = [
  ["without an issuer, /.well-known is a plain 404, and static tokens work", withoutIssuerNothingIsFound],
  ["the metadata is where clients look for it, and any page may read it", metadataIsWhereClientsLook],
  ["a browser may ask for the metadata with the headers of MCP", browsersMayAsk],
  ["scope and scp decide who reads and who writes", scopesDecide],
  ["tokens for another resource, of another issuer, or of another time are refused", tokensAreForThisServer],
  ["tokens as Entra, Auth0, Keycloak and Okta write them are understood", vendorsTokensAreUnderstood],
  ["people have the account of their group or verified e-mail, and others none", peopleHaveAccounts],
  ["200 tokens with unknown keys are one request to the issuer", aFloodIsNoFlood],
];

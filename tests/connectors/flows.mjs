// What each client goes through. A flow throws what is wrong, and may give a note: what this client does in its own way.
import assert from "node:assert/strict";
import { SCOPES } from "./issuer.mjs";

const JANE = { email: "jane.smith@example.com" };
const BOTH = SCOPES.join(" ");
/** Short enough to wait for, long enough for a session to begin with. */
const SHORT = 4;
/** The server asks about a token again after 30 s. */
const ASKED_AGAIN = 30_500;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, Math.max(0, milliseconds)));
const expiryOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url")).exp * 1000;
/** Until the client takes the token for expired: some count a second more than it says, mcp-remote a minute less. */
const untilExpired = async (token, margin) => pause(expiryOf(token) + 1200 - margin * 1000 - Date.now());
const get = (client) => client.call("ghl_get_contact", JANE);
const upsert = (client, email) => client.call("ghl_upsert_contact", { email, firstName: "Ada", city: "London" });

/** What the proxy and the authorization server see while `work` runs, and its error if it has one. */
async function watch({ proxy, issuer }, work) {
  const before = [proxy.requests.length, issuer.requests.length];
  let error;
  try {
    await work();
  } catch (thrown) {
    error = thrown;
  }
  const server = proxy.requests.slice(before[0]);
  const routes = issuer.requests.slice(before[1]);
  const of = (route, grant) => routes.filter((one) => one.route === route && (!grant || one.params.grant_type === grant));
  const done = (grant) => of("token", grant).filter((one) => one.status === 200);
  return {
    error,
    server,
    by: (bearer) => server.filter((one) => one.bearer === bearer),
    // mcp-remote begins a sign-in twice, and completes one.
    begun: of("authorization"),
    signIns: done("authorization_code"),
    refreshes: done("refresh_token"),
    of,
  };
}

function succeeded(seen) {
  if (seen.error) throw seen.error;
  return seen;
}

/** A session with a new token that is valid for so long. */
async function signedIn({ client, issuer }, lifetime = 600) {
  issuer.lifetime = lifetime;
  await client.forget();
  await client.open();
  issuer.lifetime = 600;
  return client.token();
}

/** A token is refused, and nothing is done by it. */
function refused(requests, statuses, challenge) {
  assert(requests.length > 0, "the token was never sent");
  for (const { status, path } of requests) assert(statuses.includes(status), `${path} answers ${status}`);
  if (challenge) assert.match(requests[0].challenge ?? "", challenge);
}

async function firstRequestIsRefused(run) {
  await run.client.close();
  run.first = succeeded(await watch(run, () => run.client.open()));
  const [request] = run.first.server;
  assert.equal(request.bearer, undefined, "it has a token already");
  assert.equal(request.status, 401);
  assert.match(request.challenge, new RegExp(`^Bearer resource_metadata="${run.metadata}", scope="${BOTH}"$`));
}

function metadataIsFound(run) {
  const found = run.first.server.filter((one) => one.path.startsWith("/.well-known/"));
  assert.deepEqual(found.map((one) => [one.path, one.status])[0], [new URL(run.metadata).pathname, 200]);
  assert(run.first.of("discovery").length > 0, "it does not read the metadata of the issuer");
}

function registers(run) {
  const [registered] = run.first.of("registration");
  assert.equal(registered?.status, 201);
}

function signsInWithProof(run) {
  const [{ params }] = run.first.begun;
  const resource = (given) => assert.equal(given?.replace(/\/$/, ""), run.resource, "another resource");
  assert.equal(params.code_challenge_method, "S256");
  for (const scope of SCOPES) assert(params.scope.split(" ").includes(scope), `it asks for ${params.scope}`);
  resource(params.resource);
  const [token] = run.first.of("token", "authorization_code");
  assert.equal(token.status, 200);
  assert(token.params.code_verifier, "no code_verifier");
  resource(token.params.resource);
}

async function readsAndWrites(run) {
  const seen = succeeded(
    await watch(run, async () => {
      assert.equal((await get(run.client)).contact.name, "Jane Smith");
      const { outcome } = await upsert(run.client, `${run.name}@example.com`);
      assert.equal(outcome, "created");
    }),
  );
  assert.equal(seen.signIns.length, 0);
  refused(seen.server.filter((one) => one.rpc?.startsWith("ghl_")), run.isSse ? [202] : [200]);
}

async function expiresWithinASession(run) {
  const { client } = run;
  const token = await signedIn(run, SHORT + run.margin);
  await get(client);
  await untilExpired(token, run.margin);
  const seen = succeeded(await watch(run, () => get(client)));
  assert.notEqual(await client.token(), token, "it has the token of before");
  for (const one of seen.by(token)) if (one.status === 401) assert.match(one.challenge, /error="invalid_token".*expired/);
  assert(!seen.by(token).some((one) => one.status < 300), "a token that has expired is accepted");
  return seen.signIns.length ? "again" : undefined;
}

async function refreshesWhenItConnects(run) {
  const { client } = run;
  const seen = succeeded(
    await watch(run, async () => {
      const token = await signedIn(run, SHORT + run.margin);
      await client.close();
      await untilExpired(token, run.margin);
      await client.open();
      await get(client);
    }),
  );
  if (seen.signIns.length > 1) return "again";
  assert(seen.refreshes.length > 0, "it neither renews nor signs in");
}

async function keysAreRotated(run) {
  const { client, issuer } = run;
  const before = await signedIn(run);
  await issuer.rotate();
  const kept = succeeded(await watch(run, () => get(client)));
  assert.equal(kept.of("jwks").length, 0, "keys are fetched for a key that is known");
  assert.equal(await client.token(), before);
  const seen = succeeded(await watch(run, () => signedIn(run).then(() => get(client))));
  assert.equal(seen.of("jwks").length, 1, "fetches of keys");
}

async function issuerIsDown(run) {
  const { client, issuer } = run;
  await signedIn(run);
  issuer.down();
  try {
    succeeded(await watch(run, () => get(client)));
    const forged = await issuer.mintByUnknownKey({ aud: run.resource, scope: BOTH });
    await client.swap(forged);
    const seen = await watch(run, () => client.open().then(() => get(client)));
    assert(seen.error, "a token of an unknown key is accepted");
    refused(seen.by(forged), [401, 503]);
  } finally {
    issuer.up();
  }
  await signedIn(run);
  await get(client);
}

async function audienceIsAnother(run) {
  const foreign = await run.issuer.mint({ aud: "https://crm.example.net/mcp", scope: BOTH });
  await run.client.swap(foreign);
  const seen = await watch(run, () => run.client.open().then(() => get(run.client)));
  refused(seen.by(foreign), [401], /error="invalid_token", error_description="the token is for another resource"/);
  if (seen.error) return "stops";
  assert(seen.signIns.length > 0, "it goes on without a sign-in");
}

async function writingNeedsItsScope(run) {
  const { client, issuer } = run;
  issuer.consent = SCOPES.slice(0, 1);
  const token = await signedIn(run);
  issuer.consent = SCOPES;
  await get(client);
  const email = `step-up-${run.name}@example.com`;
  const seen = await watch(run, () => upsert(client, email));
  const tried = seen.by(token).filter((one) => one.rpc === "ghl_upsert_contact");
  if (seen.error?.message.includes("tool_not_found")) return "hidden";
  refused(tried, [403], new RegExp(`error="insufficient_scope".*scope="${BOTH}"`));
  await client.close();
  await client.open(run.staticToken);
  const found = await client.call("ghl_get_contact", { email }).then(
    () => true,
    () => false,
  );
  assert.equal(found, !seen.error, "what was written is not what was answered");
  if (seen.error) return "stops";
  assert(seen.begun[0]?.params.scope.includes(SCOPES[1]), "it goes on without asking for the scope");
}

/** A second client of the same kind has an opaque token, which is revoked. The answer from before counts for half a minute. */
async function opaqueTokenIsAskedAbout(run) {
  const { other: client, issuer } = run;
  issuer.format = "opaque";
  const seen = succeeded(await watch(run, () => client.open().then(() => get(client))));
  issuer.format = "jwt";
  run.opaque = { token: await client.token(), asked: Date.now() };
  assert(!run.opaque.token.includes("."), "it is a JWT");
  assert.equal(seen.of("introspection").length, 1, "questions about one token");
  await issuer.revoke(run.opaque.token);
}

async function revokedTokenIsRefused(run) {
  const { token, asked } = run.opaque;
  await pause(asked + ASKED_AGAIN - Date.now());
  const seen = await watch(run, () => get(run.other));
  refused(seen.by(token), [401], /error="invalid_token"/);
  if (seen.error) return "stops";
  assert(seen.signIns.length > 0, "it goes on without a sign-in");
}

async function staticTokenStillWorks(run) {
  // After a refusal mcp-remote goes on by itself: what the client with the revoked token still asks is not this one's.
  await run.other.stop();
  await run.client.forget();
  const seen = succeeded(await watch(run, () => run.client.open(run.staticToken).then(() => get(run.client))));
  assert.equal(seen.of("introspection").length + seen.begun.length + seen.of("jwks").length, 0, "the issuer is asked");
  assert(seen.by(run.staticToken).length > 0);
}

/** In their order, with the heads of the table. */
export const FLOWS = [
  ["401", "a request without a token is refused, and the answer says where to sign in", firstRequestIsRefused],
  ["finds", "the metadata of resource and issuer are found", metadataIsFound],
  ["registers", "the client registers itself", registers],
  ["PKCE", "the sign-in has PKCE, both scopes, and names the resource", signsInWithProof],
  ["calls", "reads and writes", readsAndWrites],
  ["opaque", "an opaque token is asked about once", opaqueTokenIsAskedAbout],
  ["expiry", "a token expires within a session, and the session goes on", expiresWithinASession],
  ["refresh", "a token has expired when the client connects again", refreshesWhenItConnects],
  ["keys", "keys are rotated: fetched once, and the key of before still counts", keysAreRotated],
  ["outage", "the issuer is away: known keys go on, an unknown one is refused", issuerIsDown],
  ["audience", "a token for another resource is refused", audienceIsAnother],
  ["step-up", "a token of reading does not write, and the answer says what is needed", writingNeedsItsScope],
  ["revoked", "a revoked token is refused", revokedTokenIsRefused],
  ["static", "a static token works as before, in the same process", staticTokenStillWorks],
];

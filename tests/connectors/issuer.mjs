// An authorization server for tests: `oidc-provider`, which the OpenID Foundation has certified, on a free loopback port.
//
// It issues JWTs for a resource (RFC 8707, RFC 9068) or opaque tokens with introspection (RFC 7662) and revocation
// (RFC 7009), registers clients dynamically (RFC 7591), requires PKCE, and takes any sign-in at once. Keys are rotated, and the
// server goes away and comes back, on command.
//
//   node issuer.mjs [PATH]     prints its address, and runs until its standard input ends
import { createServer } from "node:http";
import { generateKeyPair, randomUUID, sign } from "node:crypto";
import { promisify } from "node:util";
import { pathToFileURL } from "node:url";
import Provider from "oidc-provider";

export const SCOPES = ["contacts:read", "contacts:write"];
/** The resource server, as a client that may ask about tokens. */
export const RESOURCE_CLIENT = { id: "resource-server", secret: "resource-server-secret-of-tests" };

const seconds = () => Math.floor(Date.now() / 1000);

async function newKey() {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}

/** What the server stores; all of its instances share it, since a rotation of keys starts a new instance. */
function newStore() {
  const rows = new Map();
  return class Store {
    constructor(model) {
      this.key = (id) => `${model} ${id}`;
    }
    async upsert(id, payload, lifetime) {
      rows.set(this.key(id), { payload, until: lifetime ? seconds() + lifetime : Infinity });
    }
    async find(id) {
      const row = rows.get(this.key(id));
      return row && row.until > seconds() ? row.payload : undefined;
    }
    async findByUid(uid) {
      return [...rows.values()].map((row) => row.payload).find((payload) => payload.uid === uid);
    }
    async findByUserCode() {}
    async destroy(id) {
      rows.delete(this.key(id));
    }
    async consume(id) {
      rows.get(this.key(id)).payload.consumed = seconds();
    }
    async revokeByGrantId(grant) {
      for (const [key, { payload }] of rows) {
        if (payload.grantId === grant) rows.delete(key);
      }
    }
  };
}

class Issuer {
  /** How long access tokens are valid, in seconds. */
  lifetime = 600;
  /** `jwt`, or `opaque` for tokens that only introspection can read. */
  format = "jwt";
  /** The scopes that the next person allows. */
  consent = SCOPES;
  /** Requests so far: `{ route, params, status }`. */
  requests = [];
  #keys = [];
  #down = false;
  #sockets = new Set();
  #store = newStore();
  #server = createServer((request, response) => this.#answer(request, response));

  static async start(path = "") {
    const issuer = new Issuer();
    issuer.path = path;
    issuer.#server.on("connection", (socket) => {
      issuer.#sockets.add(socket);
      socket.on("error", () => {}).on("close", () => issuer.#sockets.delete(socket));
      if (issuer.#down) socket.destroy();
    });
    await new Promise((done) => issuer.#server.listen(0, "127.0.0.1", done));
    issuer.url = `http://127.0.0.1:${issuer.#server.address().port}${path}`;
    await issuer.rotate();
    return issuer;
  }

  /** From now on another key signs, and the one before is not published. */
  async rotate() {
    this.#keys = [await newKey()];
    this.provider = new Provider(this.url, this.#configuration());
    this.provider.use(async (context, next) => {
      await next();
      const { oidc, path, status } = context;
      this.requests.push({ route: oidc?.route ?? path, params: { ...oidc?.body, ...oidc?.params }, status });
    });
    // For the log of a run that failed.
    this.provider.on("server_error", (_, error) => console.error("issuer:", error));
  }

  /** Connections end without an answer until `up`. */
  down() {
    this.#down = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  up() {
    this.#down = false;
  }

  async close() {
    this.down();
    await new Promise((done) => this.#server.close(done));
  }

  /** Ends everything that was issued with the grant of this token. */
  async revoke(token) {
    const found = await this.provider.AccessToken.find(token);
    await this.provider.Grant.adapter.destroy(found.grantId);
    for (const model of ["AccessToken", "RefreshToken"]) {
      await this.provider[model].adapter.revokeByGrantId(found.grantId);
    }
  }

  /** A token that no one asked for, signed by a key that is published, or by another. */
  async mint(claims, key = this.#keys[0]) {
    const body = { iss: this.url, sub: "someone", client_id: "someone", iat: seconds(), exp: seconds() + 600, ...claims };
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${part({ alg: "RS256", typ: "at+jwt", kid: key.kid })}.${part(body)}`;
    const signature = sign("sha256", Buffer.from(text), { key, format: "jwk" });
    return `${text}.${signature.toString("base64url")}`;
  }

  async mintByUnknownKey(claims) {
    return this.mint(claims, await newKey());
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, this.url);
    if (pathname.startsWith(`${this.path}/interaction/`)) {
      await this.#interact(request, response);
      return;
    }
    // The metadata of a server with a path is at both places (RFC 8414, OpenID Connect Discovery).
    const wellKnown = pathname.match(/^(\/\.well-known\/[a-z-]+)(\/.*)?$/);
    if (wellKnown && (wellKnown[2] ?? "") === this.path) {
      request.originalUrl = this.path + wellKnown[1];
      request.url = wellKnown[1];
    } else if (pathname.startsWith(`${this.path}/`)) {
      request.originalUrl = request.url;
      request.url = request.url.slice(this.path.length);
    }
    this.provider.callback()(request, response);
  }

  /** A person who signs in and decides at once: `consent` is allowed, and all else is refused. */
  async #interact(request, response) {
    const { prompt, params, session, grantId } = await this.provider.interactionDetails(request, response);
    const finish = (result) => this.provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
    if (prompt.name === "login") {
      await finish({ login: { accountId: "jane" } });
      return;
    }
    const { Grant } = this.provider;
    const grant = grantId ? await Grant.find(grantId) : new Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope((params.scope ?? "").split(" ").filter((scope) => !SCOPES.includes(scope)).join(" "));
    for (const [resource, scopes] of Object.entries(prompt.details.missingResourceScopes ?? {})) {
      const allowed = scopes.filter((scope) => this.consent.includes(scope));
      grant.addResourceScope(resource, allowed.join(" "));
      grant.rejectResourceScope(resource, scopes.filter((scope) => !allowed.includes(scope)).join(" "));
    }
    grant.rejectOIDCScope((prompt.details.missingOIDCScope ?? []).filter((scope) => SCOPES.includes(scope)).join(" "));
    await finish({ consent: { grantId: await grant.save() } });
  }

  #configuration() {
    return {
      adapter: this.#store,
      jwks: { keys: this.#keys },
      cookies: { keys: ["of tests"] },
      clients: [
        {
          client_id: RESOURCE_CLIENT.id,
          client_secret: RESOURCE_CLIENT.secret,
          token_endpoint_auth_method: "client_secret_basic",
          redirect_uris: [],
          response_types: [],
          grant_types: [],
        },
      ],
      // Clients may name them when they register.
      scopes: ["openid", "offline_access", ...SCOPES],
      clientDefaults: { grant_types: ["authorization_code", "refresh_token"], token_endpoint_auth_method: "none" },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      interactions: { url: (_, interaction) => `${this.path}/interaction/${interaction.uid}` },
      issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
      pkce: { required: () => true },
      features: {
        devInteractions: { enabled: false },
        introspection: { enabled: true },
        revocation: { enabled: true },
        registration: { enabled: true },
        resourceIndicators: {
          enabled: true,
          useGrantedResource: () => true,
          getResourceServerInfo: (_, resource) => ({
            audience: resource,
            scope: SCOPES.join(" "),
            accessTokenTTL: this.lifetime,
            accessTokenFormat: this.format,
            jwt: { sign: { alg: "RS256" } },
          }),
        },
      },
    };
  }
}

export const startIssuer = (path) => Issuer.start(path);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const issuer = await startIssuer(process.argv[2]);
  console.log(issuer.url);
  process.stdin.resume().on("end", () => process.exit());
}

// The OAuth client of both TypeScript SDKs: what an application implements, and a session that signs in when it has to.
import { randomUUID } from "node:crypto";
import { follow } from "./browser.mjs";
import { answered } from "./speak.mjs";

const CALLBACK = "http://127.0.0.1:3118/callback";

/** Stores what the SDK tells it to store, and sends its person to the browser. */
class Person {
  redirectUrl = CALLBACK;
  clientMetadata = {
    client_name: "Client of tests",
    redirect_uris: [CALLBACK],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
  state = () => (this.expected = randomUUID());
  clientInformation = () => this.client;
  saveClientInformation = (client) => void (this.client = client);
  tokens = () => this.stored;
  saveTokens = (tokens) => void (this.stored = tokens);
  saveCodeVerifier = (verifier) => void (this.verifier = verifier);
  codeVerifier = () => this.verifier;
  discoveryState = () => this.discovered;
  saveDiscoveryState = (state) => void (this.discovered = state);

  /** The authorization server does not know them any more. */
  invalidateCredentials(what) {
    if (what === "all" || what === "tokens") this.stored = undefined;
    if (what === "all" || what === "client") this.client = undefined;
  }

  async redirectToAuthorization(url) {
    this.callback = await follow(url);
    if (this.callback.searchParams.get("state") !== this.expected) throw new Error("the state is not the one that was sent");
  }

  /** The parameters with which the browser came back, once. */
  take() {
    const { callback } = this;
    this.callback = undefined;
    return callback?.searchParams;
  }
}

/** `sdk` has `Client`, `transports` by name, and `finish`, which gives a transport the parameters of the callback. */
export function session(sdk) {
  const person = new Person();
  let client, transport;
  /** Works; signs in and works again where the SDK says that this is needed. */
  const signedIn = async (work) => {
    try {
      return await work();
    } catch (error) {
      const parameters = person.take();
      if (!parameters) throw error;
      await sdk.finish(transport, parameters);
      return work();
    }
  };
  return {
    async open({ url, transport: kind, bearer }) {
      await signedIn(async () => {
        const options = bearer ? { requestInit: { headers: { authorization: `Bearer ${bearer}` } } } : { authProvider: person };
        transport = new sdk.transports[kind](new URL(url), options);
        client = sdk.client();
        await client.connect(transport);
      });
    },
    call: ({ tool, arguments: given }) =>
      signedIn(async () => answered(await client.callTool({ name: tool, arguments: given }))),
    close: () => client.close(),
    token: () => person.stored?.access_token,
    swap: ({ token }) => void (person.stored = { access_token: token, token_type: "Bearer" }),
    forget: () => void (person.stored = undefined),
  };
}

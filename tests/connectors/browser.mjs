#!/usr/bin/env node
// A browser of tests: it follows an authorization request through sign-in and consent, without a person.
//
//   browser.mjs URL             also opens the client's own address at the end; a stand-in for `xdg-open`
//   browser.mjs --print URL     prints that address instead
import { pathToFileURL } from "node:url";

/** The client's address to which the authorization server sends the browser at last. */
export async function follow(address) {
  const cookies = new Map();
  const first = new URL(address);
  let url = first;
  for (let hops = 0; hops < 20; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: cookie ? { cookie } : {} });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = set.match(/^([^=]+)=([^;]*)/);
      if (value) cookies.set(name, value);
      else cookies.delete(name);
    }
    const location = response.headers.get("location");
    if (!location) throw new Error(`${url} answers ${response.status}: ${(await response.text()).slice(0, 500)}`);
    url = new URL(location, url);
    if (url.origin !== first.origin) return url;
  }
  throw new Error("the authorization server sends the browser round and round");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const isPrinted = process.argv[2] === "--print";
  const callback = await follow(process.argv[isPrinted ? 3 : 2]);
  if (isPrinted) console.log(callback.href);
  else await (await fetch(callback)).text();
}

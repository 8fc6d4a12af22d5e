// How a client is driven: commands as lines of JSON on its standard input, one answer to each on its standard output.
//
//   open { url, transport, bearer? }   connects; with `bearer`, by this token and without sign-in
//   call { tool, arguments }           answers what the tool answers
//   close
//   token                              the access token that the client has
//   swap { token }                     the client has this access token, and no refresh token, when it connects next
//   forget                             the client has no token when it connects next, and stays registered
import { createInterface } from "node:readline";

/** Carries out commands by the methods of `client` until the input ends. */
export async function speak(client) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { command, ...given } = JSON.parse(line);
    let answer;
    try {
      answer = { ok: (await client[command](given)) ?? null };
    } catch (error) {
      answer = { error: `${error?.name}: ${error?.message}`.replace(/\s+/g, " ").slice(0, 800) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit();
}

/** What a tool answered, or an error. */
export function answered(result) {
  if (result.isError) throw new Error(`the tool refuses: ${JSON.stringify(result.content)}`);
  return result.structuredContent;
}

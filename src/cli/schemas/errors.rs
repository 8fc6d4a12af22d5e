//! The page of error codes.

use std::fmt::Write as _;

use crate::tool::Code;

/// What stands above the table.
const TOP: &str = "# Errors

<!-- Generated from the code by `ghl-contacts-mcp schemas`. -->

A call that fails is answered with `isError: true`, a text of at most 500 characters for the model, and this object as
structured content:

| field | what it says |
| --- | --- |
| `code` | the kind of the failure: one of the words below |
| `message` | what is wrong, with the value, and, of a tool that writes, whether anything was written |
| `mayHaveWritten` | `no`, `yes` or `unknown`: whether HighLevel may have carried out a write. A tool that only reads does not have it |
| `hint` | the next step |
| `httpStatus` | the status that HighLevel answered, if it answered |
| `retryAfterSeconds` | how long to wait, if that is known |
| `contactId` | the contact that the failure is about, if it is known |

A program may compare codes; messages and hints change. A code is not renamed or removed in a minor version.

| code | what happened | when the same call may succeed |
| --- | --- | --- |
";

/// What stands below it. Names of settings and of commands, which a code does not know.
const BOTTOM: &str = "
## What a person does

The model reads the hint of each failure, and puts most of them right by itself. What is left for a person:

| code | do |
| --- | --- |
| `not_configured` | Set token and location where your host keeps them: [hosts](hosts/README.md). |
| `unauthorized` | In the sub-account, Settings > Private Integrations: make a new token or rotate it, put it in place, restart the host. With an app: `ghl-contacts-mcp login`. |
| `scope_missing` | Add the scope there. The token stays the same. |
| `wrong_location` | Compare `GHL_LOCATION_ID` with the address of the dashboard. The token of one sub-account reaches no other. |
| `conflict`, `ambiguous`, `duplicate` | Say which contact is meant. If two contacts are one person, merge them in HighLevel. |
| `invalid_arguments`, `not_found`, `refused` | Nothing, unless the model asks: it needs a value that it does not have. |
| `rate_limited`, `busy` | Nothing, if it is rare. If it is frequent, let fewer agents work at once; see [quotas](operations/README.md#quotas). |
| `daily_limit` | Wait until the day ends (UTC), and look which program spends the requests: all that use this token share them. |
| `unavailable`, `timeout`, `connection_lost` | Wait. If it lasts, look at the status page of HighLevel. Before a write is repeated, look the contact up. |
| `unreachable` | Check that this machine reaches `https://services.leadconnectorhq.com`: name, proxy, certificate, firewall. |
| `blocked` | Try from another network. A firewall refuses addresses of some clouds and VPNs. |
| `redirected`, `unsupported` | Unset `GHL_BASE_URL` and `GHL_DIALECT`, unless you test against another server. |
| `toolset_disabled`, `read_only` | The operator decided so: `--toolsets`, `--read-only`, or the accounts file. |
| `cancelled` | Nothing. What was written until then stays written; the answer says whether anything was. |
| `confirmation_needed` | Answer the question that your host shows. Nothing was written until then. |
| `mismatch`, `unreadable_answer` | Look the contact up in HighLevel. If it comes again, report it: HighLevel answers in an unknown way. |
| `internal` | Report it, with what was called (without personal data) and the log of `--log debug`. |
";

/// The page, in Markdown.
pub(crate) fn page() -> String {
    let mut page = TOP.to_owned();
    for code in Code::ALL {
        let _ = writeln!(page, "| `{code}` | {} | {} |", code.meaning(), code.next());
    }
    page + BOTTOM
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_a_person_does() {
        let rows = BOTTOM.lines().filter(|line| line.starts_with("| `"));
        let cells = rows.filter_map(|row| row.split('|').nth(1));
        let mut named: Vec<_> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        named.sort_unstable();
        let mut known: Vec<_> = Code::ALL.iter().map(|code| code.word()).collect();
        known.sort_unstable();
        assert_eq!(named, known);
    }
}

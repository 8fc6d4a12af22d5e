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

/// The page, in Markdown.
pub(crate) fn page() -> String {
    let mut page = TOP.to_owned();
    for code in Code::ALL {
        let _ = writeln!(page, "| `{code}` | {} | {} |", code.meaning(), code.next());
    }
    page
}

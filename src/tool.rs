//! Owns: what makes an async function an MCP tool: trait, hints, list, reading of arguments, errors as words, schemas.
//! May import: `contacts`, `ghl` (types only).
//! Never: knows a single tool, sends a request, or answers a bad argument or a panic with a protocol error.
//! Tests: `tests/it/protocol.rs` (through a real session) and the tables beside the code.

mod answer;
mod catalogue;
mod completion;
mod entry;
mod hints;
mod input;
mod limiter;
mod list;
mod locations;
mod person;
mod progress;
mod prompt;
mod resource;
mod schema;
mod spec;
mod toolset;
mod words;

pub(crate) use crate::tool::answer::json_bytes;
pub use crate::tool::answer::{Code, Failure};
pub use crate::tool::catalogue::{Answer, Catalogue};
pub use crate::tool::completion::Completion;
pub use crate::tool::entry::Entry;
pub use crate::tool::input::Row;
#[cfg(feature = "import")]
pub(crate) use crate::tool::input::read_as;
pub(crate) use crate::tool::input::{not_an_object, repeated_key};
pub use crate::tool::limiter::CallLimiter;
pub use crate::tool::list::{Offers, ToolList};
pub use crate::tool::locations::{Location, Locations};
pub use crate::tool::person::{Person, Question, Reply, Rounds};
pub use crate::tool::progress::{Progress, Step};
pub use crate::tool::prompt::{Filled, Prompt, PromptArgument};
pub use crate::tool::resource::Resource;
pub use crate::tool::spec::{CallInfo, Tool};
pub use crate::tool::toolset::{Toolset, UnknownToolset};
pub(crate) use crate::tool::words::LOCATION_ID;
pub use crate::tool::words::echo;

pub use crate::ghl::model::text::clean_line as clean;
pub use crate::ghl::{Effect, Usage, Written};

//! Hosts: the programs that start this server, and where each keeps the settings of its servers. `doctor` looks for the
//! entries that are there, `install` and `uninstall` write and remove one.

mod entry;
mod found;
mod host;
mod places;
mod read;

pub use crate::cli::hosts::entry::Entry;
pub use crate::cli::hosts::found::{Found, Unreadable, found};
pub use crate::cli::hosts::host::{Form, HOSTS, Host, NAME};
pub use crate::cli::hosts::places::Places;
pub(crate) use crate::cli::hosts::read::{Content, JSONC, entries};

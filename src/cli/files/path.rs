//! Names of files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The path of a file beside another one.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

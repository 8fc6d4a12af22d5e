//! A call's arguments into a tool's input; a bad argument into words that the model can act on.

use std::io;

use rmcp::model::JsonObject;
#[cfg(feature = "import")]
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::tool::Failure;
use crate::tool::input::read::read_root;
use crate::tool::input::refusal::{too_large, unreadable};
use crate::tool::input::shape::Shape;
#[cfg(feature = "import")]
use crate::tool::schema::typed_input;

/// The most bytes that the arguments of one call may have, as JSON.
const MAX_BYTES: usize = 1024 * 1024;

/// Reads `arguments` as a tool's input `T`, whose shape is `shape`.
///
/// # Errors
///
/// An `invalid_arguments` failure that names the field, what was expected, and for an unknown field the known
/// ones and the nearest of them.
pub(crate) fn parse<T: DeserializeOwned>(shape: &Shape, arguments: JsonObject) -> Result<T, Failure> {
    if !fits(&arguments) {
        return Err(too_large(MAX_BYTES));
    }
    let strict = read_root(shape, arguments)?;
    serde_json::from_value(strict).map_err(|error| unreadable(&error))
}

/// Reads `arguments` as the input `T` of a tool, for a caller other than the tool.
///
/// # Errors
///
/// As of [`parse`].
#[cfg(feature = "import")]
pub(crate) fn read_as<T: JsonSchema + DeserializeOwned>(arguments: JsonObject) -> Result<T, Failure> {
    parse(&Shape::of(&typed_input::<T>()), arguments)
}

/// Whether the arguments stay within [`MAX_BYTES`]; stops counting when they do not.
fn fits(arguments: &JsonObject) -> bool {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(bytes.len()) {
                Some(left) => self.0 = left,
                None => return Err(io::ErrorKind::FileTooLarge.into()),
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Counter(MAX_BYTES), arguments).is_ok()
}

#[cfg(test)]
mod tests;

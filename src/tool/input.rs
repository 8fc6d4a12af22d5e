//! The one place that knows the forms in which arguments come: reads them by the tool's own schema, before serde.

mod json_text;
mod names;
mod pairs;
mod parse;
mod read;
mod refusal;
mod row;
mod rows;
mod shape;

pub(crate) use crate::tool::input::parse::parse;
#[cfg(feature = "import")]
pub(crate) use crate::tool::input::parse::read_as;
pub(crate) use crate::tool::input::refusal::{not_an_object, repeated_key};
pub(crate) use crate::tool::input::row::ROW;
pub use crate::tool::input::row::Row;
pub(crate) use crate::tool::input::shape::Shape;

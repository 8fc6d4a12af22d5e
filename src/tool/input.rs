//! The one place that understands the forms in which arguments come.

pub mod lenient;
mod parse;

pub(crate) use crate::tool::input::parse::{not_an_object, parse};

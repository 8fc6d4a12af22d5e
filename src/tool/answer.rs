//! The answer of a failed call: the errors of the modules below become a code, words for a model and the next step.

mod code;
mod errors;
mod failure;
mod fit;
mod hosts;

pub use crate::tool::answer::code::Code;
pub use crate::tool::answer::failure::Failure;
pub(crate) use crate::tool::answer::fit::{fit, json_bytes};
pub(crate) use crate::tool::answer::hosts::place;

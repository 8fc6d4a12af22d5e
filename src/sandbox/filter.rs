//! The filter grammar of `POST /contacts/search`.

mod matching;
mod syntax;

pub(crate) use crate::sandbox::filter::matching::{all_match, contains_text, value_of};
pub(crate) use crate::sandbox::filter::syntax::check;

#[cfg(test)]
mod tests;

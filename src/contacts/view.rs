//! The slim contact that a model sees.

mod contact;
mod dnd;
mod selection;

pub(crate) use crate::contacts::view::contact::selects_a_custom_field;
pub use crate::contacts::view::contact::{ContactView, render, unknown_fields};
pub use crate::contacts::view::dnd::DndView;
pub use crate::contacts::view::selection::FieldSelection;

//! The slim contact that a model sees.

mod contact;
mod dnd;
mod selection;

pub use crate::contacts::view::contact::{ContactView, render, unknown_fields};
pub use crate::contacts::view::dnd::DndView;
pub use crate::contacts::view::selection::FieldSelection;

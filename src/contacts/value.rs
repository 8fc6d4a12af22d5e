//! Readers of what people write: each gives one normal form, or says why it cannot. Pure, without requests.

pub mod field;
pub mod number;
pub mod phone;
pub mod text;

//! Readers of what people write: each gives one normal form, or says why it cannot. Pure, without requests.

pub(crate) mod channel;
pub mod contact_ref;
pub mod country;
pub mod date;
pub(crate) mod due;
pub mod email;
pub mod field;
pub mod name;
pub mod number;
pub mod phone;
pub mod placeholder;
pub mod tag;
pub mod text;
pub(crate) mod typed;
pub mod zone;

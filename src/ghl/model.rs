//! What HighLevel sends and takes: tolerant reading, exact writing.

mod contact;
mod custom_field;
mod field;
mod location;
mod same;
mod search;
mod value;
mod write;

pub use crate::ghl::model::contact::{Contact, CustomFieldValue};
pub use crate::ghl::model::custom_field::{CustomField, DataType};
pub use crate::ghl::model::field::{Field, UnknownField};
pub use crate::ghl::model::location::Location;
pub use crate::ghl::model::same::{normal_tag, same_email, same_phone};
pub(in crate::ghl) use crate::ghl::model::search::PageAnswer;
pub use crate::ghl::model::search::{Direction, Filter, Operator, Page, Search, Sort};
pub use crate::ghl::model::value::FieldValue;
pub use crate::ghl::model::write::{ContactWrite, CustomFieldWrite, Patch};

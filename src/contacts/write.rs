//! A write to one contact: what is desired, the plan, its execution, the check of what is stored, and the receipt.

pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod compare;
pub mod desired;
pub mod not_stored;
pub(crate) mod once;
pub mod plan;
pub mod receipt;
pub(crate) mod same;
pub(crate) mod shown;
pub(crate) mod tag_many;
pub(crate) mod verify;

//! Many upserts in one call: rows that share a key in their order, the others side by side, and tags of many contacts at
//! once.

mod cell;
pub mod columns;
pub(crate) mod later_tags;
pub mod report;
pub mod row;
pub mod run;
pub mod table;

//! x
pub mod serve;
pub mod tool;

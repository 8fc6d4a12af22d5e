//! What `import` and `export` share of files.

pub(crate) mod bar;
pub(crate) mod formula;
pub(crate) mod hash;
pub(crate) mod journal;
pub(crate) mod path;

//! The picture in docs/architecture.md is drawn from the tables.

use std::fmt::Write as _;
use std::fs;

use super::source::repository;
use super::{LAYERS, MODULES};

/// The Mermaid flowchart of `MODULES` and `LAYERS`. An arrow says "may import"; a layer also imports all below the next.
fn picture() -> String {
    let mut picture = String::from("```mermaid\nflowchart TD\n");
    for (module, may) in MODULES.iter().filter(|(_, may)| !may.is_empty()) {
        let _ = writeln!(picture, "    {module} --> {}", may.join(" & "));
    }
    for (module, rows) in LAYERS {
        let layer = |(at, row): (usize, &&[&str])| format!("{module}{}[\"{}\"]", at + 1, row.join(", "));
        let layers: Vec<_> = rows.iter().enumerate().map(layer).rev().collect();
        let _ = writeln!(picture, "    subgraph {module}\n        {}\n    end", layers.join(" --> "));
    }
    picture + "```\n"
}

#[test]
fn the_picture_in_the_documents_is_the_one_of_the_tables() {
    let page = fs::read_to_string(repository().join("docs/architecture.md")).unwrap();
    let picture = picture();
    assert!(page.contains(&picture), "docs/architecture.md must show:\n{picture}");
}

//! The architecture of `src/`, kept by tests: `MODULES` says which module may import which, `LAYERS` the same for the
//! parts of a module. Rules of single lines stand in this file, rules of the graph of imports in `imports.rs`.

#![expect(clippy::disallowed_methods, reason = "it reads the source files")]

mod graph;
mod imports;
mod picture;
mod rules;
mod source;

use std::collections::BTreeMap;

use source::{File, code, each_line_of_code, files, first_word, is_test, repository, words};

/// Each module and the modules that it may import. `use crate::module::Thing` is the only way from one to another:
/// `super::` and `crate::{` are refused, so that a person and these tests read the same.
const MODULES: &[(&str, &[&str])] = &[
    ("cli", &["config", "contacts", "ghl", "sandbox", "serve", "sign_in", "tool", "tools"]),
    ("config", &["ghl", "sign_in"]),
    ("contacts", &["ghl"]),
    ("ghl", &[]),
    ("sandbox", &[]),
    ("serve", &["sign_in", "tool"]),
    ("sign_in", &["ghl"]),
    ("tool", &["contacts", "ghl"]),
    ("tools", &["contacts", "ghl", "tool"]),
];

/// The layers of a module, the lowest first. A file imports files of its own layer and of lower ones. The module's
/// root file stands above all.
const LAYERS: &[(&str, &[&[&str]])] = &[
    (
        "contacts",
        &[
            &["error", "cache"],
            &["value"],
            &["fields", "query", "view"],
            &["location"],
            &["identity"],
            &["write", "service"],
            &["operation"],
            &["batch"],
        ],
    ),
    ("ghl", &[&["model"], &["wire"], &["policy"], &["auth"], &["client"], &["endpoint"], &["api"]]),
    (
        "sandbox",
        &[
            &["clock", "record", "response"],
            &["options", "request"],
            &["text", "identity", "fields", "rules", "check", "filter", "request_log"],
            &["store", "duplicates", "seed"],
            &["budget", "grants", "faults"],
            &["state"],
            &["gate"],
            &["routes"],
            &["server", "crm"],
            &["handle"],
        ],
    ),
    (
        "sign_in",
        &[
            &["claims", "crypto", "keys", "refusal", "resource", "scopes"],
            &["jwt", "person", "settings"],
            &["fetch", "rule"],
            &["discovery", "introspection"],
            &["issuer", "probe"],
            &["verifier"],
        ],
    ),
];

/// The files that belong to no module.
const CRATE_ROOTS: [&str; 2] = ["lib.rs", "main.rs"];

/// The most lines of a file, tests included.
const MOST_LINES: usize = 500;

/// The lines that open a module's root file.
const OPENING: [&str; 4] = ["//! Owns: ", "//! May import: ", "//! Never: ", "//! Tests: "];

#[test]
fn a_module_imports_only_the_modules_it_may() {
    let broken = each_line_of_code(|file, line| {
        let Some(may) = may_import(file.module()) else { return Vec::new() };
        let refused = modules_named_in(line).filter(|other| *other != file.module() && !may.contains(other));
        refused.map(|other| format!("imports `{other}`")).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_tool_imports_no_other_tool() {
    // What tools share lives in `tools.rs` or in a file that is no tool.
    let is_tool = |file: &File| {
        file.module() == "tools" && code(&file.text).any(|(_, line)| line.contains("const NAME"))
    };
    let tools: Vec<_> =
        files().iter().filter(|file| is_tool(file)).map(|file| file.part().to_owned()).collect();
    let broken = each_line_of_code(|file, line| {
        if file.module() != "tools" || file.name == "tools.rs" {
            return Vec::new();
        }
        let parts = line.split("crate::tools::").skip(1).map(first_word);
        let others = parts.filter(|other| *other != file.part() && tools.iter().any(|tool| tool == other));
        others.map(|other| format!("imports the tool `{other}`")).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_import_is_written_in_full() {
    let broken = each_line_of_code(|file, line| {
        if CRATE_ROOTS.contains(&&*file.name) {
            return Vec::new();
        }
        let short = ["super::", "crate::{", "crate::*"].into_iter().filter(|short| line.contains(short));
        short.map(|short| format!("imports by `{short}`; write `crate::module::Name`")).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn an_excused_lint_gives_a_reason() {
    let broken = each_line_of_code(|_, line| {
        let excused = line.contains("#[allow(") || line.contains("#![allow(");
        excused.then(|| "uses `allow`; use `expect` with a reason".to_owned()).into_iter().collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_file_belongs_to_a_module_and_is_not_too_long() {
    let mut broken = Vec::new();
    for file in files() {
        if !CRATE_ROOTS.contains(&&*file.name) && may_import(file.module()).is_none() {
            broken.push(format!("{} belongs to no module of MODULES", file.name));
        }
        if file.name.ends_with("/mod.rs") {
            broken.push(format!("{} must have the name of its folder", file.name));
        }
        let lines = file.text.lines().count();
        if lines > MOST_LINES {
            broken.push(format!("{} has {lines} lines, more than {MOST_LINES}", file.name));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_module_opens_with_its_four_lines() {
    let roots = files()
        .into_iter()
        .filter(|file| MODULES.iter().any(|(module, _)| file.name == format!("{module}.rs")));
    let broken: Vec<_> = roots
        .filter(|file| {
            let doc: Vec<_> = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
            let places: Vec<_> =
                OPENING.iter().map(|start| doc.iter().position(|line| line.starts_with(start))).collect();
            places[0] != Some(0) || places.contains(&None) || !places.is_sorted()
        })
        .map(|file| format!("{} does not open with {OPENING:?}", file.name))
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_tests_that_a_module_names_exist() {
    let mut named = 0;
    for file in files() {
        for line in file.text.lines().filter_map(|line| line.strip_prefix("//! ")) {
            for test in line.split('`').filter(|word| word.starts_with("tests/")) {
                assert!(repository().join(test).exists(), "{}: there is no {test}", file.name);
                named += 1;
            }
        }
    }
    assert!(named >= MODULES.len(), "{named}");
}

#[test]
fn a_tools_name_stands_in_its_own_file_only() {
    let files = files();
    let mut homes = BTreeMap::<String, Vec<&str>>::new();
    for file in files.iter().filter(|file| file.module() == "tools") {
        for (_, line) in code(&file.text).filter(|(_, line)| line.contains("const NAME")) {
            if let Some(name) = line.split('"').nth(1) {
                homes.entry(name.to_owned()).or_default().push(&file.name);
            }
        }
    }
    let mut broken = Vec::new();
    for (name, homes) in &homes {
        if homes.len() > 1 {
            broken.push(format!("{name} is the name of a tool in {homes:?}"));
        }
        for file in files.iter().filter(|file| !is_test(&file.name) && !homes.contains(&&*file.name)) {
            if code(&file.text).any(|(_, line)| words(line).any(|word| word == name)) {
                broken.push(format!("{name} stands in {} too", file.name));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

fn may_import(module: &str) -> Option<&'static [&'static str]> {
    MODULES.iter().find(|(name, _)| *name == module).map(|(_, may)| *may)
}

fn modules_named_in(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(first_word).filter(|word| may_import(word).is_some())
}

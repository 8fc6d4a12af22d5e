//! The house rules. The table is the architecture; the walk through `src/` is the bailiff.

#![expect(clippy::disallowed_methods, reason = "the bailiff reads the source files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may name. `use crate::room::Thing` is the only way across a wall: `super::`
/// and `crate::{` are refused, so that this reading of the text stays exact.
const ROOMS: &[(&str, &[&str])] = &[
    ("cli", &["config", "contacts", "ghl", "sandbox", "serve", "tool", "tools"]),
    ("config", &["ghl"]),
    ("contacts", &["ghl"]),
    ("ghl", &[]),
    ("sandbox", &[]),
    ("serve", &["tool"]),
    ("tool", &["contacts", "ghl"]),
    ("tools", &["contacts", "ghl", "tool"]),
];

/// The files that belong to the house and not to a room.
const DOORS: [&str; 2] = ["lib.rs", "main.rs"];

/// The most lines of a file, tests included.
const MOST_LINES: usize = 500;

/// The lines that open a room's root file.
const OPENING: [&str; 4] = ["//! Owns: ", "//! May name: ", "//! Never: ", "//! Proof: "];

#[test]
fn a_room_names_only_the_rooms_it_may() {
    let broken = each_line_of_code(|file, line| {
        let Some(may) = may_name(file.room()) else { return Vec::new() };
        let strangers = rooms_named_in(line).filter(|other| *other != file.room() && !may.contains(other));
        strangers.map(|other| format!("names `{other}`")).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_tool_names_no_other_tool() {
    // What tools share lives in `tools.rs` or in a file that is no tool.
    let is_tool =
        |file: &File| file.room() == "tools" && code(&file.text).any(|line| line.contains("const NAME"));
    let tools: Vec<_> =
        files().iter().filter(|file| is_tool(file)).map(|file| file.module().to_owned()).collect();
    let broken = each_line_of_code(|file, line| {
        if file.room() != "tools" || file.name == "tools.rs" {
            return Vec::new();
        }
        let doors = line.split("crate::tools::").skip(1).map(first_word);
        let others = doors.filter(|other| *other != file.module() && tools.iter().any(|tool| tool == other));
        others.map(|other| format!("names the tool `{other}`")).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn nobody_hides_a_door() {
    let broken = each_line_of_code(|file, line| {
        if DOORS.contains(&&*file.name) {
            return Vec::new();
        }
        let hiding = ["super::", "crate::{", "crate::*"].into_iter().filter(|door| line.contains(door));
        hiding.map(|door| format!("hides a door behind `{door}`")).collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn nobody_is_excused_without_a_reason() {
    let broken = each_line_of_code(|_, line| {
        let excused = line.contains("#[allow(") || line.contains("#![allow(");
        excused.then(|| "uses `allow` and not `expect` with a reason".to_owned()).into_iter().collect()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_file_belongs_to_a_room_and_fits_in_it() {
    let mut broken = Vec::new();
    for file in files() {
        if !DOORS.contains(&&*file.name) && may_name(file.room()).is_none() {
            broken.push(format!("{} belongs to no room", file.name));
        }
        if file.name.ends_with("/mod.rs") {
            broken.push(format!("{} is to be named after its folder", file.name));
        }
        let lines = file.text.lines().count();
        if lines > MOST_LINES {
            broken.push(format!("{} has {lines} lines, more than {MOST_LINES}", file.name));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_room_opens_with_what_it_owns_names_never_does_and_is_proved_by() {
    let roots =
        files().into_iter().filter(|file| ROOMS.iter().any(|(room, _)| file.name == format!("{room}.rs")));
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
fn what_a_room_is_proved_by_is_there() {
    let house = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut proofs = 0;
    for file in files() {
        for line in file.text.lines().filter_map(|line| line.strip_prefix("//! ")) {
            for proof in line.split('`').filter(|word| word.starts_with("tests/")) {
                assert!(house.join(proof).exists(), "{}: there is no {proof}", file.name);
                proofs += 1;
            }
        }
    }
    assert!(proofs >= ROOMS.len(), "{proofs}");
}

#[test]
fn the_name_of_a_tool_stands_in_its_own_file_alone() {
    let files = files();
    let mut homes = BTreeMap::<String, Vec<&str>>::new();
    for file in files.iter().filter(|file| file.room() == "tools") {
        for line in code(&file.text).filter(|line| line.contains("const NAME")) {
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
        for file in files.iter().filter(|file| !homes.contains(&&*file.name)) {
            if code(&file.text).any(|line| words(line).any(|word| word == name)) {
                broken.push(format!("{name} stands in {} too", file.name));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_bailiff_sees_through_comments_and_tests() {
    let text =
        "use crate::tool::Tool; // crate::cli\n//! crate::cli\n#[cfg(test)]\nmod tests { use super::*; }\n";
    let seen: Vec<_> = code(text).flat_map(rooms_named_in).collect();
    assert_eq!(seen, ["tool"]);
    assert_eq!(words("(\"ghl_a\", ghl_ab)").collect::<Vec<_>>(), ["ghl_a", "ghl_ab"]);
}

/// One file of `src/`.
struct File {
    /// Its path below `src/`, with forward slashes.
    name: String,
    text: String,
}

impl File {
    fn room(&self) -> &str {
        self.name.split(['/', '.']).next().unwrap()
    }

    /// The module of its room that it is, or is a part of; empty for the room's root file.
    fn module(&self) -> &str {
        let (_, inside) = self.name.split_once('/').unwrap_or_default();
        inside.split(['/', '.']).next().unwrap()
    }
}

fn files() -> Vec<File> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: Vec<_> = paths(&src)
        .into_iter()
        .map(|path| File {
            name: path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/"),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => paths(&path),
            false if path.extension().is_some_and(|extension| extension == "rs") => vec![path],
            false => Vec::new(),
        })
        .collect()
}

/// What `judge` finds in each line of code, with the place in front of it.
fn each_line_of_code(judge: impl Fn(&File, &str) -> Vec<String>) -> Vec<String> {
    let mut broken = Vec::new();
    for file in files() {
        // A file of tests is declared behind `#[cfg(test)]`, like a module of tests in its file.
        if ["/tests.rs", "/properties.rs"].iter().any(|tests| file.name.ends_with(tests)) {
            continue;
        }
        for (at, line) in code(&file.text).enumerate() {
            broken.extend(
                judge(&file, line).into_iter().map(|what| format!("{}:{} {what}", file.name, at + 1)),
            );
        }
    }
    broken
}

/// The lines up to the file's own tests, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().take_while(|line| !line.trim_start().starts_with("#[cfg(test)]"));
    // `://` is an address and no comment.
    lines.map(|line| match line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':')) {
        Some((at, _)) => &line[..at],
        None => line,
    })
}

fn may_name(room: &str) -> Option<&'static [&'static str]> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, may)| *may)
}

fn rooms_named_in(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(first_word).filter(|word| may_name(word).is_some())
}

fn first_word(text: &str) -> &str {
    words(text).next().filter(|word| text.starts_with(word)).unwrap_or_default()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

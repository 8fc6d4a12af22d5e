//! The files of `src/` and their code, without comments and without tests.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of `src/`.
#[derive(Clone)]
pub struct File {
    /// Its path below `src/`, with forward slashes.
    pub name: String,
    pub text: String,
}

impl File {
    /// The top-level module that the file belongs to.
    pub fn module(&self) -> &str {
        module_of(&self.name)
    }

    /// The part of its module that the file belongs to. Empty for the module's root file.
    pub fn part(&self) -> &str {
        part_of(&self.name)
    }
}

/// `ghl/wire/call.rs` -> `ghl`.
pub fn module_of(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap()
}

/// `ghl/wire/call.rs` -> `wire`.
pub fn part_of(name: &str) -> &str {
    let (_, inside) = name.split_once('/').unwrap_or_default();
    inside.split(['/', '.']).next().unwrap()
}

/// Every file of `src/`, sorted by name.
pub fn files() -> Vec<File> {
    let src = repository().join("src");
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

pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
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

/// What `judge` finds in each line of code that is no test, with the place in front of it.
pub fn each_line_of_code(judge: impl Fn(&File, &str) -> Vec<String>) -> Vec<String> {
    let mut broken = Vec::new();
    for file in files().iter().filter(|file| !is_test(&file.name)) {
        for (at, line) in code(&file.text) {
            broken.extend(judge(file, line).into_iter().map(|what| format!("{}:{at} {what}", file.name)));
        }
    }
    broken
}

/// A file that its parent declares behind `#[cfg(test)]`, known by its name.
pub fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs") || name.ends_with("/properties.rs")
}

/// The numbered lines of a formatted file that are code: no comments, and no item behind `#[cfg(test)]`.
pub fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut test_ends_with: Option<String> = None;
    text.lines().enumerate().filter_map(move |(at, line)| {
        let indent = &line[..line.len() - line.trim_start().len()];
        if let Some(end) = &test_ends_with {
            // The item after the attribute ends with `;` or with a brace, in the column where it began.
            let ends = line == end.as_str() || line.ends_with(';') && indent.len() + 1 == end.len();
            if ends {
                test_ends_with = None;
            }
            return None;
        }
        if line.trim_start().starts_with("#[cfg(test)]") {
            test_ends_with = Some(format!("{indent}}}"));
            return None;
        }
        // `://` is an address and no comment.
        let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
        Some((at + 1, comment.map_or(line, |(at, _)| &line[..at])))
    })
}

/// The word at the start of `text`, if one starts there.
pub fn first_word(text: &str) -> &str {
    words(text).next().filter(|word| text.starts_with(word)).unwrap_or_default()
}

pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[test]
fn comments_and_tests_are_no_code() {
    let text = "use crate::tool::Tool; // crate::cli\n//! crate::cli\n#[cfg(test)]\nmod tests {\n    use a;\n}\n\
        let url = \"http://a\";\n#[cfg(test)]\nmod tests;\nlet a = 1;\n";
    let seen: Vec<_> = code(text).map(|(_, line)| line.trim()).filter(|line| !line.is_empty()).collect();
    assert_eq!(seen, ["use crate::tool::Tool;", "let url = \"http://a\";", "let a = 1;"]);
    assert_eq!(code(text).last(), Some((10, "let a = 1;")));
    assert_eq!(words("(\"ghl_a\", ghl_ab)").collect::<Vec<_>>(), ["ghl_a", "ghl_ab"]);
}

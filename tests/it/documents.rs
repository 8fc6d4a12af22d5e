//! The pages for people: what they link to and name is there.

#![expect(clippy::disallowed_methods, reason = "it reads the pages")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ghl_contacts_mcp::tool::Code;

/// Folders whose files are named in the pages by their path from the root of the repository.
const FOLDERS: [&str; 8] =
    ["src/", "tests/", "docs/", "benches/", "fuzz/", "packaging/", "tool-schemas/", ".ci/"];

#[test]
fn every_link_leads_to_a_file() {
    let mut broken = Vec::new();
    for page in pages() {
        for (_, target) in links(&page.text) {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !page.folder().join(path).exists() {
                broken.push(format!("{}: {target}", page.name));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_link_to_a_function_leads_to_its_file() {
    let mut functions = 0;
    let mut broken = Vec::new();
    for page in pages() {
        for (label, target) in links(&page.text) {
            let is_code = Path::new(target).extension().is_some_and(|extension| extension == "rs");
            let Some(name) = label.strip_prefix('`').and_then(|label| label.strip_suffix('`')) else {
                continue;
            };
            if !is_code {
                continue;
            }
            let text = fs::read_to_string(page.folder().join(target)).unwrap_or_default();
            let name = name.rsplit("::").next().unwrap_or_default();
            functions += 1;
            if !text.contains(&format!("fn {name}(")) && !text.contains(&format!("fn {name}<")) {
                broken.push(format!("{}: {target} has no function {name}", page.name));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(functions >= 10, "{functions} functions are linked");
}

#[test]
fn every_path_in_a_page_is_there() {
    let mut broken = Vec::new();
    for page in pages() {
        for path in
            code_spans(&page.text).filter(|span| FOLDERS.iter().any(|folder| span.starts_with(folder)))
        {
            let path = path.split(' ').next().unwrap_or_default();
            let is_pattern = path.contains(['<', '*', '{']);
            // A worked example creates the file.
            let is_example = page.text.contains(&format!("```rust {path}\n"));
            if !is_pattern && !is_example && !root().join(path).exists() {
                broken.push(format!("{}: {path}", page.name));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_decision_is_listed_and_says_context_decision_and_consequence() {
    let index = fs::read_to_string(root().join("docs/decisions/README.md")).unwrap();
    let decisions = pages()
        .into_iter()
        .filter(|page| page.name.starts_with("docs/decisions/") && page.name != "docs/decisions/README.md");
    let mut listed = 0;
    for page in decisions {
        let file = page.name.rsplit('/').next().unwrap();
        assert!(index.contains(&format!("({file})")), "{file} is not in docs/decisions/README.md");
        let headings: Vec<_> = page.text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["Context", "Decision", "Consequence"], "{file}");
        listed += 1;
    }
    assert_eq!(links(&index).len(), listed);
}

#[test]
fn the_generated_files_are_current() {
    let program = env!("CARGO_BIN_EXE_ghl-contacts-mcp");
    let output = Command::new(program).args(["schemas", "--check"]).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_error_code_has_a_word_of_its_own_and_occurs() {
    let words: BTreeSet<_> = Code::ALL.iter().map(|code| code.word()).collect();
    assert_eq!(words.len(), Code::ALL.len());
    let mut code = String::new();
    let mut folders = vec![root().join("src/tool")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                code += &fs::read_to_string(path).unwrap();
            }
        }
    }
    for known in Code::ALL {
        assert!(code.contains(&format!("Code::{known:?}")), "{known} is no code of any failure");
    }
}

#[test]
fn links_and_code_are_found_outside_of_blocks() {
    let text =
        "[a](b.md) [`f`](c.rs) `src/x.rs`\n```sh\n[no](d.md) `src/y.rs`\n```\n[web](https://example.com)\n";
    assert_eq!(links(text), [("a", "b.md"), ("`f`", "c.rs")]);
    assert_eq!(code_spans(text).collect::<Vec<_>>(), ["f", "src/x.rs"]);
}

struct Page {
    /// Its path from the root of the repository.
    name: String,
    text: String,
}

impl Page {
    fn folder(&self) -> PathBuf {
        root().join(&self.name).parent().unwrap().to_owned()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Markdown files at the root, of `packaging/`, and below `docs/`.
fn pages() -> Vec<Page> {
    let mut names = Vec::new();
    let mut folders = vec![PathBuf::from("docs")];
    names.extend(entries(Path::new("")));
    names.extend(entries(Path::new("packaging")));
    while let Some(folder) = folders.pop() {
        names.extend(entries(&folder));
        folders.extend(entries(&folder).into_iter().filter(|path| root().join(path).is_dir()));
    }
    names.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    let read = |path: &PathBuf| Page {
        name: path.to_str().unwrap().replace('\\', "/"),
        text: fs::read_to_string(root().join(path)).unwrap(),
    };
    names.iter().map(read).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    entries.map(|entry| folder.join(entry.unwrap().file_name())).collect()
}

/// The text outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// Label and target of each link to a file of the repository.
fn links(text: &str) -> Vec<(&str, &str)> {
    let mut links = Vec::new();
    for line in prose(text) {
        for (at, _) in line.match_indices("](") {
            let label = line[..at].rsplit('[').next().unwrap_or_default();
            let target = line[at + 2..].split(')').next().unwrap_or_default();
            if !target.contains("://") {
                links.push((label, target));
            }
        }
    }
    links
}

/// The words between backticks.
fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    prose(text).flat_map(|line| line.split('`').skip(1).step_by(2))
}

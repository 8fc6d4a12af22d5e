//! Which file imports which. An arrow goes from the file that uses a name to the file that defines it: a path
//! `crate::a::b`, or a child's name used after `mod b;`, is followed through each `use` on its way. `mod`, `pub use`
//! and `pub(in ..)` are no arrows, and tests are not read.

use std::collections::{BTreeMap, BTreeSet};
use std::slice::from_ref;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use super::source::File;

/// `from` uses `name`, which `to` defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    pub from: String,
    pub to: String,
    pub name: String,
    /// Whether it only passes the name on, by `pub use`.
    pub passes_on: bool,
}

/// How many `use` a name may be followed through.
const MOST_STEPS: usize = 32;

/// What one file says, read once.
#[derive(Default)]
struct Scanned {
    children: BTreeSet<String>,
    defined: BTreeSet<String>,
    imports: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    /// Each path that the code uses; a `use` that others may follow is marked.
    paths: Vec<(Vec<String>, bool)>,
    /// Names that the code uses alone, for those that a `pub use` brought.
    bare: BTreeSet<String>,
}

/// Every arrow between the files of `src/`, sorted, each once.
pub fn arrows(files: &[File]) -> Vec<Arrow> {
    let scanned: BTreeMap<_, _> =
        files.iter().map(|file| (module_path(&file.name), (file, scan_text(&file.text)))).collect();
    let crate_ = Crate(scanned.iter().map(|(path, (_, scanned))| (path.clone(), scanned)).collect());
    let mut arrows = BTreeSet::new();
    for module in crate_.modules_that_are_no_tests() {
        let (file, scanned) = &scanned[&module];
        let bare = scanned.imports.iter().filter(|(name, _)| scanned.bare.contains(*name));
        let bare = bare.map(|(_, path)| (path.clone(), false));
        for (path, passes_on) in scanned.paths.iter().cloned().chain(bare) {
            let Some((to, name)) = crate_.definition(&module, &path, MOST_STEPS) else { continue };
            if to != module {
                let to = files.iter().find(|file| module_path(&file.name) == to).unwrap();
                arrows.insert(Arrow { from: file.name.clone(), to: to.name.clone(), name, passes_on });
            }
        }
    }
    arrows.into_iter().collect()
}

/// `lib.rs` -> [], `ghl/wire/call.rs` -> [ghl, wire, call].
fn module_path(name: &str) -> Vec<String> {
    let path = name.strip_suffix(".rs").unwrap();
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

struct Crate<'a>(BTreeMap<Vec<String>, &'a Scanned>);

impl Crate<'_> {
    /// The modules that `lib.rs` reaches by `mod` without passing a `#[cfg(test)]`.
    fn modules_that_are_no_tests(&self) -> Vec<Vec<String>> {
        let mut found = vec![Vec::new()];
        let mut at = 0;
        while let Some(module) = found.get(at).cloned() {
            at += 1;
            let children = self.0[&module].children.iter();
            let children = children.map(|child| [module.as_slice(), from_ref(child)].concat());
            found.extend(children.filter(|child| self.0.contains_key(child)));
        }
        found
    }

    /// The module whose file defines what `path` names when it stands in `module`, and the name there. None for what
    /// another crate defines, and for a module as such.
    fn definition(&self, module: &[String], path: &[String], steps: usize) -> Option<(Vec<String>, String)> {
        let (first, rest) = path.split_first()?;
        let steps = steps.checked_sub(1)?;
        let here = self.0.get(module)?;
        match first.as_str() {
            "crate" => self.inside(&[], rest, steps),
            "self" => self.inside(module, rest, steps),
            _ if here.children.contains(first) && !rest.is_empty() => self.inside(module, path, steps),
            _ => {
                let import = here.imports.get(first)?;
                self.definition(module, &[import, rest].concat(), steps)
            }
        }
    }

    /// The same for what `path` names from the outside of `module`.
    fn inside(&self, module: &[String], path: &[String], steps: usize) -> Option<(Vec<String>, String)> {
        let (first, rest) = path.split_first()?;
        let steps = steps.checked_sub(1)?;
        let here = self.0.get(module)?;
        let as_child = here.children.contains(first);
        if as_child && !rest.is_empty() {
            return self.inside(&[module, from_ref(first)].concat(), rest, steps);
        }
        if here.defined.contains(first) {
            return Some((module.to_vec(), first.clone()));
        }
        if let Some(import) = here.imports.get(first) {
            return self.definition(module, &[import, rest].concat(), steps);
        }
        if as_child {
            return None;
        }
        for glob in &here.globs {
            if let Some(found) = self.definition(module, &[glob, path].concat(), steps)
                && self.0[&found.0].defined.contains(&found.1)
            {
                return Some(found);
            }
        }
        // What a macro defines is seen by nothing but its use.
        Some((module.to_vec(), first.clone()))
    }
}

fn scan_text(text: &str) -> Scanned {
    let mut scanned = Scanned::default();
    scan(TokenStream::from_str(text).expect("Rust"), true, &mut scanned);
    scanned
}

/// Reads a level of tokens, and those inside. `top`: items stand here.
fn scan(tokens: TokenStream, top: bool, into: &mut Scanned) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        let previous = at.checked_sub(1).map(|at| &tokens[at]);
        at += match &rest[0] {
            TokenTree::Punct(mark) if mark.as_char() == '#' => attribute(rest, into),
            TokenTree::Ident(word) => match word.to_string().as_str() {
                // With `pub(in a::b)`.
                "pub" if is_parenthesis(rest.get(1)) => 2,
                "use" => import(rest, previous, into),
                "mod" if is_punct(rest.get(2), ';') => {
                    into.children.insert(rest[1].to_string());
                    3
                }
                "struct" | "enum" | "union" | "trait" | "type" | "const" | "static" | "fn" if top => {
                    let name =
                        rest[1..].iter().find(|token| !is_ident(token, "mut") && !is_ident(token, "fn"));
                    into.defined.extend(name.map(ToString::to_string));
                    1
                }
                _ => path(rest, previous, into),
            },
            TokenTree::Group(group) => {
                scan(group.stream(), false, into);
                1
            }
            _ => 1,
        };
    }
}

/// `#[..]`: a test's item is passed over; a path in a string, as serde takes it, is a path.
fn attribute(tokens: &[TokenTree], into: &mut Scanned) -> usize {
    let start = 1 + usize::from(is_punct(tokens.get(1), '!'));
    let Some(TokenTree::Group(group)) = tokens.get(start) else { return 1 };
    let text = group.stream().to_string().replace(' ', "");
    if text == "cfg(test)" {
        let item = &tokens[start + 1..];
        let end = item.iter().position(|token| {
            let body = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            body || is_punct(Some(token), ';')
        });
        return end.map_or(tokens.len(), |end| start + 1 + end + 1);
    }
    if !text.starts_with("doc") {
        for quoted in text.split('"').skip(1).step_by(2).filter(|quoted| quoted.contains("::")) {
            scan(TokenStream::from_str(quoted).unwrap_or_default(), false, into);
        }
    }
    start + 1
}

/// `use a::{b, c as d};`
fn import(tokens: &[TokenTree], previous: Option<&TokenTree>, into: &mut Scanned) -> usize {
    let end = tokens.iter().position(|token| is_punct(Some(token), ';')).unwrap_or(tokens.len());
    let public = previous.is_some_and(|token| is_ident(token, "pub")) || is_parenthesis(previous);
    branch(&tokens[1..end], &[], public, into);
    end + 1
}

fn branch(tokens: &[TokenTree], before: &[String], public: bool, into: &mut Scanned) {
    for one in tokens.split(|token| is_punct(Some(token), ',')).filter(|one| !one.is_empty()) {
        let mut path = before.to_vec();
        let mut name = None;
        let mut ends = true;
        for (at, token) in one.iter().enumerate() {
            match token {
                TokenTree::Ident(word) if word == "as" => {
                    name = one.get(at + 1).map(ToString::to_string);
                    break;
                }
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Group(group) => {
                    branch(&group.stream().into_iter().collect::<Vec<_>>(), &path, public, into);
                    ends = false;
                }
                TokenTree::Punct(mark) if mark.as_char() == '*' => {
                    into.globs.push(path.clone());
                    ends = false;
                }
                _ => {}
            }
        }
        if ends && let Some(last) = path.last() {
            into.imports.insert(name.unwrap_or_else(|| last.clone()), path.clone());
            into.paths.push((path, public));
        }
    }
}

/// `a::b::c`, or a word alone.
fn path(tokens: &[TokenTree], previous: Option<&TokenTree>, into: &mut Scanned) -> usize {
    let mut path = vec![tokens[0].to_string()];
    let mut taken = 1;
    while is_path_mark(&tokens[taken..])
        && let Some(TokenTree::Ident(word)) = tokens.get(taken + 2)
    {
        path.push(word.to_string());
        taken += 3;
    }
    if path.len() > 1 {
        into.paths.push((path.clone(), false));
    }
    let called = is_parenthesis(tokens.get(taken));
    let is_type = path[0].starts_with(char::is_uppercase);
    if (is_type || called) && !is_punct(previous, '.') && !previous.is_some_and(|token| is_ident(token, "fn"))
    {
        into.bare.insert(path.swap_remove(0));
    }
    taken
}

fn is_path_mark(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(first), TokenTree::Punct(second), ..]
        if first.as_char() == ':' && first.spacing() == Spacing::Joint && second.as_char() == ':')
}

fn is_punct(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

fn is_parenthesis(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
}

fn is_ident(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

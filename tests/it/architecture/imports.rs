//! The rules that the graph of imports keeps: layers, no circle of files, and no child that imports its parent.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::LazyLock;

use super::LAYERS;
use super::graph::{Arrow, arrows};
use super::source::{File, files, is_test, module_of, part_of};

/// The files of `src/` and the arrows between them, read once.
static SRC: LazyLock<(Vec<File>, Vec<Arrow>)> = LazyLock::new(|| {
    let files = files();
    let arrows = arrows(&files);
    (files, arrows)
});

#[test]
fn a_layer_imports_only_lower_layers() {
    let (files, arrows) = &*SRC;
    assert_none(&against_layers(files, arrows, LAYERS));
}

#[test]
fn no_circle_of_files() {
    assert_none(&circles(&SRC.1));
}

#[test]
fn a_child_never_imports_its_parent_file() {
    assert_none(&children_that_import_a_parent(&SRC.1));
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

type Layers = [(&'static str, &'static [&'static [&'static str]])];

/// Each file of a module with layers that has no layer, and each import of a layer above.
fn against_layers(files: &[File], arrows: &[Arrow], layers: &Layers) -> Vec<String> {
    let layer = |name: &str| {
        let (_, rows) = layers.iter().find(|(module, _)| *module == module_of(name))?;
        rows.iter().position(|row| row.contains(&part_of(name)))
    };
    let has_layers = |name: &str| layers.iter().any(|(module, _)| *module == module_of(name));
    let mut broken: Vec<_> = files
        .iter()
        .filter(|file| has_layers(&file.name) && !file.part().is_empty() && !is_test(&file.name))
        .filter(|file| layer(&file.name).is_none())
        .map(|file| format!("{} stands in no layer of `{}`", file.name, file.module()))
        .collect();
    for Arrow { from, to, name, .. } in arrows {
        if module_of(from) == module_of(to)
            && let (Some(low), Some(high)) = (layer(from), layer(to))
            && low < high
        {
            broken.push(format!("{from} imports `{name}` of {to}, a layer above"));
        }
    }
    broken
}

/// Each import of what the file of a parent, or of its parent, defines.
fn children_that_import_a_parent(arrows: &[Arrow]) -> Vec<String> {
    let above = |arrow: &&Arrow| {
        let parent = arrow.to.strip_suffix(".rs").unwrap();
        !arrow.passes_on && (parent == "lib" || arrow.from.starts_with(&format!("{parent}/")))
    };
    let found = arrows.iter().filter(above);
    found.map(|Arrow { from, to, name, .. }| format!("{from} imports `{name}` of its parent {to}")).collect()
}

/// One circle for each set of files that reach each other, with the names that close it.
fn circles(arrows: &[Arrow]) -> Vec<String> {
    let mut next = BTreeMap::<&str, Vec<&Arrow>>::new();
    for arrow in arrows.iter().filter(|arrow| !arrow.passes_on) {
        next.entry(&arrow.from).or_default().push(arrow);
    }
    let mut reported = BTreeSet::new();
    let mut found = Vec::new();
    for &start in next.keys() {
        if reported.contains(start) {
            continue;
        }
        let Some(circle) = shortest_circle(start, &next) else { continue };
        let from_start = reached(start, &next);
        let knot: BTreeSet<_> =
            from_start.into_iter().filter(|file| reached(file, &next).contains(start)).collect();
        let way = circle
            .iter()
            .fold(start.to_owned(), |way, Arrow { to, name, .. }| format!("{way} -{name}-> {to}"));
        found.push(format!("{way} (one circle among {} files: {knot:?})", knot.len()));
        reported.extend(knot);
    }
    found
}

fn reached<'a>(start: &str, next: &BTreeMap<&'a str, Vec<&'a Arrow>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        for arrow in next.get(file).into_iter().flatten() {
            if reached.insert(arrow.to.as_str()) {
                open.push(&arrow.to);
            }
        }
    }
    reached
}

fn shortest_circle<'a>(start: &str, next: &BTreeMap<&'a str, Vec<&'a Arrow>>) -> Option<Vec<&'a Arrow>> {
    let mut came_by = BTreeMap::<&str, &Arrow>::new();
    let mut open = VecDeque::from([start]);
    while let Some(file) = open.pop_front() {
        for &arrow in next.get(file).into_iter().flatten() {
            if came_by.contains_key(arrow.to.as_str()) {
                continue;
            }
            came_by.insert(&arrow.to, arrow);
            open.push_back(&arrow.to);
        }
    }
    let mut circle = vec![*came_by.get(start)?];
    while circle[0].from != start {
        circle.insert(0, came_by[circle[0].from.as_str()]);
    }
    Some(circle)
}

/// A crate of these files, under a `lib.rs` that declares `a` and `b`.
fn planted(files: &[(&str, &str)]) -> Vec<File> {
    let file = |(name, text): &(&str, &str)| File { name: (*name).to_owned(), text: (*text).to_owned() };
    let root = ("lib.rs", "mod a; mod b;");
    [root].iter().chain(files).map(file).collect()
}

#[test]
fn a_planted_circle_is_found() {
    let files = planted(&[
        ("a.rs", "mod one; mod two; pub use one::One; #[cfg(test)] mod tests { use crate::b::B; }"),
        ("a/one.rs", "use crate::a::two::Two; pub struct One;"),
        ("a/two.rs", "pub struct Two; fn f() { vec![crate::b::B] }"),
        ("b.rs", "mod inner; pub use inner::*; pub(crate) use crate::a::two::Two;"),
        // The path leads through two `pub use` to the file that defines the name.
        ("b/inner.rs", "#[serde(with = \"crate::a::One\")] pub struct B;"),
    ]);
    assert_eq!(
        circles(&arrows(&files)),
        ["a/one.rs -Two-> a/two.rs -B-> b/inner.rs -One-> a/one.rs \
          (one circle among 3 files: {\"a/one.rs\", \"a/two.rs\", \"b/inner.rs\"})"]
    );
}

#[test]
fn mod_and_pub_use_and_tests_close_no_circle() {
    let files = planted(&[
        ("a.rs", "mod one; pub use one::One; pub use crate::b::B; #[cfg(test)] mod tests;"),
        ("a/one.rs", "use std::fmt; use crate::b; pub struct One(b::B); impl fmt::Debug for One {}"),
        ("a/tests.rs", "use crate::b::B;"),
        (
            "b.rs",
            "/// As [`crate::a::One`].\npub(in crate::a::One) struct B; #[cfg(test)] use crate::a::One;",
        ),
    ]);
    let arrows = arrows(&files);
    assert_eq!(circles(&arrows), [""; 0]);
    assert_eq!(arrows.iter().filter(|arrow| !arrow.passes_on).count(), 1, "{arrows:#?}");
}

#[test]
fn a_planted_child_that_imports_its_parent_is_found() {
    let files = planted(&[
        ("a.rs", "mod one; mod two; pub use two::Two; pub struct A;"),
        // `Two` comes through the parent's file, but a sibling defines it.
        ("a/one.rs", "mod deep; use crate::a::Two;"),
        ("a/one/deep.rs", "fn f(a: &crate::a::A) {}"),
        ("a/two.rs", "pub struct Two;"),
        ("b.rs", "mod inner; fn f() { inner::g() }"),
        ("b/inner.rs", "use crate::b; pub fn g() { b::f() }"),
    ]);
    assert_eq!(
        children_that_import_a_parent(&arrows(&files)),
        ["a/one/deep.rs imports `A` of its parent a.rs", "b/inner.rs imports `f` of its parent b.rs"]
    );
}

#[test]
fn a_planted_import_of_a_higher_layer_is_found() {
    let files = planted(&[
        ("a.rs", "mod low; mod high; mod odd; pub use high::High;"),
        ("a/low.rs", "mod part; use crate::a::High;"),
        ("a/low/part.rs", "pub use crate::a::high::High; pub struct Part;"),
        ("a/high.rs", "use crate::a::low::part::Part; pub struct High;"),
        ("a/odd.rs", ""),
        ("b.rs", ""),
    ]);
    assert_eq!(
        against_layers(&files, &arrows(&files), &[("a", &[&["low"], &["high"]])]),
        [
            "a/odd.rs stands in no layer of `a`",
            "a/low.rs imports `High` of a/high.rs, a layer above",
            "a/low/part.rs imports `High` of a/high.rs, a layer above",
        ]
    );
}

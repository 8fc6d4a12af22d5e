//! The fuzz targets on a stable compiler: with their seeds, and with generated input.
#![expect(clippy::disallowed_methods, reason = "it reads the seeds")]

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

/// Runs the target with its seeds, with changed seeds, and with random bytes: `cases` inputs.
fn fuzz(name: &str, target: fn(&[u8]), cases: u32) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    let files = std::fs::read_dir(folder).expect("seeds").map(|file| file.expect("a seed").path());
    let seeds: Vec<Vec<u8>> = files.map(|file| std::fs::read(file).expect("a seed")).collect();
    assert!(seeds.len() >= 3, "{name}");
    for seed in &seeds {
        target(seed);
    }
    let place = || any::<prop::sample::Index>();
    let changed = (prop::sample::select(seeds), place(), place(), prop::collection::vec(any::<u8>(), 0..8));
    let changed = changed.prop_map(|(mut seed, from, to, bytes)| {
        if !seed.is_empty() {
            let (from, to) = (from.index(seed.len()), to.index(seed.len()));
            seed.splice(from.min(to)..from.max(to), bytes);
        }
        seed
    });
    let any_bytes = prop::collection::vec(any::<u8>(), 0..200);
    let text = "[ -~]{0,40}".prop_map(String::into_bytes);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&prop_oneof![4 => changed, 1 => any_bytes, 1 => text], |input| {
            target(&input);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_line_on_stdin_leaves_json_rpc_on_stdout() {
    fuzz("stdio_line", targets::stdio_line, 300);
}

#[test]
fn any_arguments_are_accepted_or_refused_briefly() {
    fuzz("tool_arguments", targets::tool_arguments, 1_000);
}

#[test]
fn any_answer_of_highlevel_is_read_or_refused_briefly() {
    fuzz("highlevel_body", targets::highlevel_body, 2_000);
}

#[test]
fn any_cursor_is_accepted_or_refused_as_an_argument() {
    fuzz("cursor", targets::cursor, 3_000);
}

#[test]
fn any_retry_after_ends_within_the_time_of_a_call() {
    fuzz("retry_after", targets::retry_after, 2_000);
}

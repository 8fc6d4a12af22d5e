//! Rules of one place: where a permit is held, where a request leaves, where a status is judged, and what each endpoint
//! must state.

use std::slice::from_ref;

use super::source::{File, code, each_line_of_code, files, is_test, words};

/// The file on which the order of the policies stands.
const SEND: &str = "ghl/client/send.rs";

/// The code of a file as one text, without comments, tests and white space.
fn dense(text: &str) -> String {
    code(text).flat_map(|(_, line)| line.split_whitespace()).collect()
}

/// How often each file of `ghl` holds this, written without white space.
fn places(files: &[File], what: &str) -> Vec<(String, usize)> {
    let code = files.iter().filter(|file| file.module() == "ghl" && !is_test(&file.name));
    let counts = code.map(|file| (file.name.clone(), dense(&file.text).matches(what).count()));
    counts.filter(|(_, count)| *count > 0).collect()
}

/// What is wrong with the place where a permit of the rate limiter is held.
fn against_the_permit(files: &[File]) -> Vec<String> {
    let mut broken = Vec::new();
    let ghl: Vec<_> = files.iter().filter(|file| file.module() == "ghl").cloned().collect();
    for verb in [".acquire(", ".settle("] {
        let found = places(&ghl, verb);
        if found != [(SEND.to_owned(), 1)] {
            broken.push(format!("`{verb}` must stand once in `ghl`, in {SEND}; it stands in {found:?}"));
        }
    }
    let send = files.iter().find(|file| file.name == SEND).map(|file| dense(&file.text)).unwrap_or_default();
    let held = send.split_once(".acquire(").and_then(|(_, rest)| rest.split_once(".settle("));
    // The first is the one of `acquire` itself.
    let waits = held.map_or(0, |(held, _)| held.matches(".await").count());
    if waits != 2 {
        let inside = waits.saturating_sub(1);
        broken.push(format!("{SEND}: {inside} `.await` while a permit is held, not one, the transport's"));
    }
    broken
}

#[test]
fn a_permit_is_held_over_one_await() {
    assert_eq!(against_the_permit(&files()), [""; 0]);
}

#[test]
fn a_second_await_under_a_permit_is_found() {
    let file = |name: &str, text: &str| File { name: name.to_owned(), text: text.to_owned() };
    let held = |between: &str| {
        let send =
            format!("let permit = limiter\n    .acquire(c)\n    .await?;\n{between}permit.settle(x);\n");
        against_the_permit(&[file(SEND, &send)])
    };
    assert_eq!(held("transport.send(r).await;\n"), [""; 0]);
    assert_eq!(held("// .await\n").len(), 1);
    assert_eq!(held("renew().await;\ntransport.send(r).await;\n").len(), 1);
    let twice =
        [file(SEND, "l.acquire(c).await; t.send(r).await; p.settle();"), file("ghl/a.rs", "l.acquire(c);")];
    assert_eq!(against_the_permit(&twice).len(), 1);
}

#[test]
fn a_request_leaves_in_two_files_only() {
    let found = places(&files(), "transport.send(");
    let names: Vec<_> = found.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(names, [("ghl/auth/token_endpoint.rs", 1), (SEND, 1)]);
}

#[test]
fn a_layer_does_not_know_what_is_above_or_far_below_it() {
    let may_not = |name: &str| match name.split('/').collect::<Vec<_>>().as_slice() {
        // The files that wrap reqwest's client and Redis's.
        ["ghl", "wire", "reqwest.rs"] | ["ghl", "policy", "store", "redis", "connection.rs"] => None,
        ["ghl", "wire" | "policy", ..] => Some("Client"),
        ["ghl", "api", ..] => Some("transport"),
        _ => None,
    };
    let broken = each_line_of_code(|file, line| {
        let known = may_not(&file.name).filter(|word| words(line).any(|found| found == *word));
        known.map(|word| format!("names `{word}`")).into_iter().collect()
    });
    assert_eq!(broken, [""; 0]);
}

#[test]
fn a_status_is_judged_in_one_file_only() {
    let judges =
        ["StatusCode::", ".is_success()", ".is_client_error()", ".is_server_error()", ".is_redirection()"];
    let broken = each_line_of_code(|file, line| {
        let read_here = file.name != "ghl/wire/classify.rs" && !["serve", "sandbox"].contains(&file.module());
        let found = judges.into_iter().filter(|judge| read_here && line.contains(judge));
        found.map(|judge| format!("judges a status by `{judge}`")).collect()
    });
    assert_eq!(broken, [""; 0]);
}

/// A method and the segments of a path; `None` for one that is an id.
type Route = (String, Vec<Option<String>>);

/// One function that makes a request of its own.
#[derive(Debug)]
struct Endpoint {
    place: String,
    doc: String,
    /// The arguments of its `Call::new`.
    call: Vec<String>,
    segments: Vec<Option<String>>,
}

fn endpoints(files: &[File]) -> Vec<Endpoint> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.name.starts_with("ghl/endpoint/") && !is_test(&file.name)) {
        let mut doc = String::new();
        let mut lines = file.text.lines();
        while let Some(line) = lines.next() {
            if let Some(text) = line.strip_prefix("///") {
                doc.push_str(text);
                continue;
            }
            if !line.starts_with(|first: char| first.is_ascii_lowercase())
                || !words(line).any(|word| word == "fn")
            {
                doc.clear();
                continue;
            }
            let body: String =
                lines.by_ref().take_while(|line| *line != "}").flat_map(str::split_whitespace).collect();
            if let Some((_, rest)) = body.split_once("Call::new(") {
                let arguments = rest.split(')').next().unwrap_or_default();
                let mut segments: Vec<_> = rest.split(".at(").skip(1).map(segment).collect();
                segments.extend(rest.contains(".slash()").then(|| Some(String::new())));
                let name = words(line).skip_while(|word| *word != "fn").nth(1).unwrap_or_default();
                found.push(Endpoint {
                    place: format!("{}, fn {name}", file.name),
                    doc: std::mem::take(&mut doc),
                    call: arguments.split(',').map(str::to_owned).collect(),
                    segments,
                });
            }
            doc.clear();
        }
    }
    found
}

/// What is written at the start: `"contacts"` is a segment, everything else an id.
fn segment(text: &str) -> Option<String> {
    text.strip_prefix('"').and_then(|text| text.split_once('"')).map(|(segment, _)| segment.to_owned())
}

/// Every route of the sandbox, from arms like `("GET", ["contacts", id])`.
fn routes(files: &[File]) -> Vec<Route> {
    let mut routes = Vec::new();
    for file in files.iter().filter(|file| file.module() == "sandbox" && !is_test(&file.name)) {
        let code = dense(&file.text);
        for (at, _) in code.match_indices("(\"") {
            if let Some((method, rest)) = code[at + 2..].split_once("\",[")
                && let Some((path, _)) = rest.split_once("])")
                && method.bytes().all(|letter| letter.is_ascii_uppercase())
            {
                // `kind@("add"|"remove")` is one of two.
                let mut each = vec![Vec::new()];
                for part in path.split(',') {
                    let quoted: Vec<_> =
                        part.split('"').skip(1).step_by(2).map(|one| Some(one.to_owned())).collect();
                    let choices = if quoted.is_empty() { vec![None] } else { quoted };
                    let longer = |route: Vec<_>| {
                        choices.iter().map(move |choice| [&route[..], from_ref(choice)].concat())
                    };
                    each = each.into_iter().flat_map(longer).collect();
                }
                routes.extend(each.into_iter().map(|path| (method.to_owned(), path)));
            }
        }
    }
    routes
}

fn against_endpoints(files: &[File]) -> Vec<String> {
    let routes = routes(files);
    let mut broken = Vec::new();
    for Endpoint { place, doc, call, segments } in endpoints(files) {
        let argument = |start: &str| call.iter().find_map(|argument| argument.strip_prefix(start));
        for what in ["Effect::", "Subject::"] {
            if argument(what).is_none() {
                broken.push(format!("{place} states no `{what}..`"));
            }
        }
        if !doc.contains("https://") {
            broken.push(format!("{place} has no link to the vendor's page in its comment"));
        }
        let route = (argument("Method::").unwrap_or_default().to_owned(), segments);
        if !routes.contains(&route) {
            broken.push(format!("{place} sends {route:?}, which is no route of the sandbox"));
        }
    }
    broken
}

#[test]
fn an_endpoint_states_effect_subject_and_source_and_the_sandbox_serves_it() {
    let files = files();
    assert!(endpoints(&files).len() > 10, "{:#?}", endpoints(&files));
    assert_eq!(against_endpoints(&files), [""; 0]);
}

#[test]
fn an_endpoint_that_states_too_little_is_found() {
    let file = |name: &str, text: &str| File { name: name.to_owned(), text: text.to_owned() };
    let sandbox = file("sandbox/routes.rs", "(\"PUT\", [\"a\", id, kind @ (\"x\" | \"y\")]) if id => {}\n");
    let endpoint = |text: &str| against_endpoints(&[file("ghl/endpoint/a.rs", text), sandbox.clone()]);
    let good = "/// [A](https://a)\npub(crate) async fn a(\n    id: Id,\n) {\n    let call =\n        \
        Call::new(\"a\", Method::PUT, Effect::Read, Subject::Location).at(\"a\").at(id).at(\"y\");\n}\n";
    assert_eq!(endpoint(good), [""; 0]);
    assert_eq!(endpoint(&good.replace("https://a", "a")).len(), 1);
    assert_eq!(endpoint(&good.replace(", Subject::Location", "")).len(), 1);
    assert_eq!(endpoint(&good.replace(".at(\"y\")", ".at(\"z\")")).len(), 1);
    assert_eq!(endpoint(&good.replace(".at(\"y\")", ".at(\"y\").slash()")).len(), 1);
    assert_eq!(endpoint(&good.replace(".at(id)", ".at(\"id\")")).len(), 1);
}

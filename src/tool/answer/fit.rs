//! Keeps an answer within a size that hosts accept: Claude Code, for one, keeps at most 25,000 tokens of an answer.

use std::collections::BTreeSet;
use std::io;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::tool::words::echo;

/// The most bytes of an answer as JSON, which is also its text. Below 40,000, so that the location's id can be added.
const MAX_BYTES: usize = 39_900;
/// What is left of an answer; the first of these with which it fits.
const STEPS: [Step; 6] = [
    Step { chars: 1000, items: 200, fields: 200, depth: 100 },
    Step { chars: 500, items: 100, fields: 100, depth: 100 },
    Step { chars: 200, items: 50, fields: 50, depth: 10 },
    Step { chars: 100, items: 20, fields: 50, depth: 6 },
    Step { chars: 100, items: 3, fields: 20, depth: 6 },
    Step { chars: 40, items: 0, fields: 0, depth: 2 },
];
/// The most characters of a text in a declared field, at least: ids, addresses of pages and words of an enum are shorter.
const DECLARED_CHARS: usize = 200;
/// The most places that the note names.
const MAX_NAMED: usize = 3;

/// The most characters of a text, items of a list, undeclared fields of an object, and objects or lists in one another.
#[derive(Debug, Clone, Copy)]
struct Step {
    chars: usize,
    items: usize,
    fields: usize,
    depth: usize,
}

/// The bytes of `value` as JSON.
pub(crate) fn json_bytes(value: &impl Serialize) -> usize {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // A value that cannot be written as JSON is answered as a failure elsewhere.
    let _ = serde_json::to_writer(&mut counter, value);
    counter.0
}

/// `output`, cut if it is too large. Its field `note` then says what was cut; `writes` says whether the tool writes, so that
/// the cut is not taken for something that was not done. It stays valid under `schema`, the schema of the output: no
/// declared field is left out, and no value changes its type. The texts of the output itself stay: the cursor is one.
pub(crate) fn fit(output: Value, schema: &Map<String, Value>, writes: bool) -> Value {
    if json_bytes(&output) <= MAX_BYTES {
        return output;
    }
    let Value::Object(mut output) = output else { return output };
    let mut declared = BTreeSet::new();
    collect_declared(schema, &mut declared);
    let before = output.get("note").and_then(Value::as_str).map(str::to_owned);
    let mut cut = Cut { step: STEPS[0], declared, named: Vec::new(), texts: false };
    // Each step cuts what the step before has left.
    for step in STEPS {
        cut.step = step;
        for (name, value) in &mut output {
            if !value.is_string() {
                cut.value(value, name, 0, true);
            }
        }
        let note =
            [Some(cut.note(writes)), before.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        output.insert("note".to_owned(), note.into());
        if json_bytes(&output) <= MAX_BYTES {
            break;
        }
    }
    Value::Object(output)
}

/// The names of all fields that the schema declares, at any depth.
fn collect_declared<'a>(schema: &'a Map<String, Value>, names: &mut BTreeSet<&'a str>) {
    if let Some(Value::Object(properties)) = schema.get("properties") {
        names.extend(properties.keys().map(String::as_str));
    }
    for value in schema.values() {
        match value {
            Value::Object(inner) => collect_declared(inner, names),
            Value::Array(list) => {
                list.iter().filter_map(Value::as_object).for_each(|inner| collect_declared(inner, names));
            }
            _ => {}
        }
    }
}

/// What was cut of an answer, and how the next step cuts.
struct Cut<'a> {
    step: Step,
    declared: BTreeSet<&'a str>,
    /// The path, the number that is shown, and the number of all.
    named: Vec<(String, usize, usize)>,
    texts: bool,
}

impl Cut<'_> {
    fn value(&mut self, value: &mut Value, path: &str, depth: usize, declared: bool) {
        let deep = depth > self.step.depth;
        match value {
            Value::String(text) => {
                let most = if declared { self.step.chars.max(DECLARED_CHARS) } else { self.step.chars };
                if let Some((end, _)) = text.char_indices().nth(most) {
                    text.truncate(end);
                    text.push('…');
                    self.texts = true;
                }
            }
            Value::Array(items) => {
                // The lists of the output itself keep an item: a cursor continues after the last one.
                let least = usize::from(depth == 0);
                let most = if deep { 0 } else { self.step.items }.max(least);
                if items.len() > most {
                    self.name(path, most, items.len());
                    items.truncate(most);
                }
                for item in items.iter_mut() {
                    self.value(item, path, depth + 1, declared);
                }
            }
            Value::Object(fields) => {
                let all = fields.len();
                self.keep_smallest(fields, deep);
                if fields.len() < all {
                    self.name(path, fields.len(), all);
                }
                for (name, value) in fields {
                    let declared = self.declared.contains(name.as_str());
                    self.value(value, &format!("{path}.{name}"), depth + 1, declared);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Takes the largest undeclared fields out.
    fn keep_smallest(&self, fields: &mut Map<String, Value>, deep: bool) {
        let most = if deep { 0 } else { self.step.fields };
        let open = fields.iter().filter(|(name, _)| !self.declared.contains(name.as_str()));
        let mut sizes: Vec<_> = open.map(|(name, value)| (json_bytes(value), name.clone())).collect();
        if sizes.len() <= most {
            return;
        }
        sizes.sort_unstable();
        for (_, name) in sizes.split_off(most) {
            fields.remove(&name);
        }
    }

    fn name(&mut self, path: &str, shown: usize, all: usize) {
        if let Some((_, before, _)) = self.named.iter_mut().find(|(named, ..)| named == path) {
            *before = shown.min(*before);
        } else if self.named.len() < MAX_NAMED {
            self.named.push((path.to_owned(), shown, all));
        }
    }

    fn note(&self, writes: bool) -> String {
        let say =
            |(path, shown, all): &(String, usize, usize)| format!("{} shows {shown} of {all}", echo(path));
        let mut what: Vec<_> = self.named.iter().map(say).collect();
        if self.texts {
            what.push("long texts end with …".to_owned());
        }
        let done = if writes { " Only the answer is cut, not what was done." } else { "" };
        format!(
            "This answer was larger than 40,000 characters and is cut: {}.{done} To see the rest, ask for less in one call.",
            what.join("; ")
        )
    }
}

#[cfg(test)]
mod tests;

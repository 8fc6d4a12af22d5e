//! Reads the servers in a host's file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::CstRootNode;
use serde_json::{Map, Value};

use crate::cli::hosts::entry::Entry;
use crate::cli::hosts::host::{Form, Host};

/// A file of settings is never larger; Claude Code's own holds the history of all projects.
const LARGEST: u64 = 64 * 1024 * 1024;

/// JSON with comments and commas before a bracket, as editors read it. Nothing looser: no host would read it.
pub(crate) const JSONC: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The text of a file, as its bytes were read: a byte order mark is part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content(pub(crate) String);

impl Content {
    /// Nothing where there is no file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, String> {
        match read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(Self(text))),
                Err(_) => Err("it is not UTF-8 text".to_owned()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("it cannot be read: {error}")),
        }
    }

    /// The text without a byte order mark.
    pub(crate) fn text(&self) -> &str {
        self.0.strip_prefix('\u{feff}').unwrap_or(&self.0)
    }
}

#[expect(clippy::disallowed_methods, reason = "it reads the settings of a host")]
fn read(path: &Path) -> io::Result<Vec<u8>> {
    // To open a fifo would wait for its writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    if File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)? as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 64 MiB"));
    }
    Ok(bytes)
}

/// Every server in the text, ours and others; those that are reached by an address only are left out.
pub(crate) fn entries(host: &'static Host, file: &Path, text: &str) -> Result<Vec<Entry>, String> {
    let root = match host.form {
        Form::Toml => toml_value(text)?,
        Form::Json { .. } | Form::OpenCode => json_value(text)?,
    };
    let Some(root) = root.as_object() else { return Err("it is not an object".to_owned()) };
    let mut found = Vec::new();
    let mut add = |servers: Option<&Value>, project: Option<&String>| {
        for (name, server) in servers.and_then(Value::as_object).into_iter().flatten() {
            found.extend(read_entry(host, file, project.cloned(), name, server));
        }
    };
    let servers = root.get(host.form.key());
    add(servers, None);
    if host.form == Form::OpenCode {
        add(servers.and_then(|servers| servers.get("servers")), None);
    }
    // `claude mcp add` without `--scope user` writes here.
    for (folder, project) in root.get("projects").and_then(Value::as_object).into_iter().flatten() {
        add(project.get(host.form.key()), Some(folder));
    }
    Ok(found)
}

/// An entry, if it names a command.
fn read_entry(
    host: &'static Host,
    file: &Path,
    project: Option<String>,
    name: &str,
    server: &Value,
) -> Option<Entry> {
    let server = server.as_object()?;
    let texts = |value: Option<&Value>| -> Vec<String> {
        let words = value.and_then(Value::as_array).into_iter().flatten();
        words.map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned)).collect()
    };
    // Zed once had the whole command below `command`.
    let old = server.get("command").and_then(Value::as_object);
    let command = old.map_or_else(|| server.get("command"), |old| old.get("path"))?;
    let mut args = texts(old.unwrap_or(server).get("args"));
    let command = if let Value::Array(words) = command {
        let mut words = texts(Some(&Value::Array(words.clone())));
        if words.is_empty() {
            return None;
        }
        let program = words.remove(0);
        args.splice(0..0, words);
        program
    } else {
        command.as_str()?.to_owned()
    };
    let env = old.unwrap_or(server).get(host.form.env()).and_then(Value::as_object);
    let env = env.map(variables).unwrap_or_default();
    Some(Entry { host, file: file.to_owned(), project, name: name.to_owned(), command, args, env })
}

fn variables(env: &Map<String, Value>) -> BTreeMap<String, String> {
    let value = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    env.iter().map(|(name, text)| (name.clone(), value(text))).collect()
}

fn json_value(text: &str) -> Result<Value, String> {
    let root = CstRootNode::parse(text, &JSONC).map_err(|error| format!("it is not JSON: {error}"))?;
    // Some hosts make the file empty.
    let Some(value) = root.value() else { return Ok(Value::Object(Map::new())) };
    value.to_serde_value().ok_or_else(|| "it is not JSON".to_owned())
}

fn toml_value(text: &str) -> Result<Value, String> {
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let place =
            error.span().map(|span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
        let place = place.map(|line| format!(" on line {line}")).unwrap_or_default();
        format!("it is not TOML: {}{place}", error.message())
    })?;
    serde_json::to_value(table).map_err(|error| format!("it is not TOML: {error}"))
}

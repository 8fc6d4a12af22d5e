//! Edits TOML as a person wrote it.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, value};

use crate::cli::hosts::Form;
use crate::cli::install::server::Server;

pub(crate) fn insert(text: &str, server: &Server) -> Result<String, String> {
    let mut document = open(text)?;
    let mut implicit = Table::new();
    implicit.set_implicit(true);
    let servers = document.entry(Form::Toml.key()).or_insert(Item::Table(implicit));
    let servers = table(servers, Form::Toml.key())?;
    if server.replace {
        servers.remove(&server.name);
    }
    if let Some(there) = servers.get_mut(&server.name) {
        update(table(there, &server.name)?, server)?;
    } else {
        let mut entry = Table::new();
        // A blank line before it, unless it is the first of the file.
        entry.decor_mut().set_prefix(if text.trim().is_empty() { "" } else { "\n" });
        update(&mut entry, server)?;
        servers.insert(&server.name, Item::Table(entry));
    }
    Ok(document.to_string())
}

pub(crate) fn remove(text: &str, name: &str) -> Result<String, String> {
    let mut document = open(text)?;
    if let Some(servers) = document.get_mut(Form::Toml.key()) {
        table(servers, Form::Toml.key())?.remove(name);
    }
    Ok(document.to_string())
}

fn open(text: &str) -> Result<DocumentMut, String> {
    text.parse().map_err(|error: toml_edit::TomlError| format!("it is not TOML: {}", error.message()))
}

/// Sets what differs, and nothing else.
fn update(there: &mut dyn TableLike, server: &Server) -> Result<(), String> {
    set(there, "command", Item::from(toml_edit::Value::from(server.command.as_str())), |old| {
        old.as_str() == Some(&server.command)
    });
    let args: Array = server.args.iter().collect();
    set(there, "args", value(args), |old| {
        let words = old.as_array().map(|old| old.iter().map(toml_edit::Value::as_str).collect::<Vec<_>>());
        words.is_some_and(|words| words.into_iter().eq(server.args.iter().map(|word| Some(word.as_str()))))
    });
    if let Some(env) = there.get_mut("env") {
        let env = table(env, "env")?;
        for name in &server.unset {
            env.remove(name);
        }
    }
    if server.env.is_empty() {
        return Ok(());
    }
    if there.get("env").is_none() {
        there.insert("env", Item::Table(Table::new()));
    }
    let env = there.get_mut("env").ok_or("its env cannot be written")?;
    let env = table(env, "env")?;
    for (name, text) in &server.env {
        set(env, name, value(text.as_str()), |old| old.as_str() == Some(text));
    }
    Ok(())
}

fn set(table: &mut dyn TableLike, key: &str, wanted: Item, same: impl Fn(&Item) -> bool) {
    match table.get_mut(key) {
        Some(old) if same(old) => {}
        Some(old) => *old = wanted,
        None => {
            table.insert(key, wanted);
        }
    }
}

fn table<'a>(item: &'a mut Item, name: &str) -> Result<&'a mut dyn TableLike, String> {
    item.as_table_like_mut().ok_or_else(|| format!("its \"{name}\" is not a table"))
}

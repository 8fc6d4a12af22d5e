//! Edits JSON as a person wrote it: comments, indentation and unknown keys stay.

use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use serde_json::Value;

use crate::cli::hosts::{Form, JSONC};
use crate::cli::install::server::{Server, known_inputs};

pub(crate) fn insert(form: Form, text: &str, server: &Server) -> Result<String, String> {
    let (root, object) = open(text)?;
    let servers = servers(form, &object, &server.name)?;
    let servers = match servers {
        Some(servers) => servers,
        None => object_of(&object.append(form.key(), CstInputValue::Object(Vec::new())))?,
    };
    let entry = server.entry(form);
    match property(&servers, &server.name)? {
        Some(there) if server.replace => there.set_value(value(&Value::Object(entry))),
        Some(there) => update(&object_of(&there)?, form, server, &entry)?,
        None => {
            servers.append(&server.name, value(&Value::Object(entry)));
        }
    }
    add_inputs(&object, &server.inputs())?;
    let mut edited = root.to_string();
    if text.trim().is_empty() && !edited.ends_with('\n') {
        edited.push('\n');
    }
    Ok(edited)
}

pub(crate) fn remove(form: Form, text: &str, name: &str) -> Result<String, String> {
    let (root, object) = open(text)?;
    if let Some(servers) = servers(form, &object, name)?
        && let Some(there) = property(&servers, name)?
    {
        there.remove();
        remove_inputs(&root, &object)?;
    }
    Ok(root.to_string())
}

fn open(text: &str) -> Result<(CstRootNode, CstObject), String> {
    let root = CstRootNode::parse(text, &JSONC).map_err(|error| format!("it is not JSON: {error}"))?;
    let object = match root.value() {
        None => root.object_value_or_set(),
        Some(value) => value.as_object().ok_or("it is not an object")?,
    };
    Ok((root, object))
}

/// The object of the servers. opencode's second version has them below `servers`; a name that its first version holds stays
/// there.
fn servers(form: Form, object: &CstObject, name: &str) -> Result<Option<CstObject>, String> {
    let Some(property_of_servers) = property(object, form.key())? else { return Ok(None) };
    let servers = object_of(&property_of_servers)?;
    if form == Form::OpenCode
        && property(&servers, name)?.is_none()
        && let Some(second) = property(&servers, "servers")?
        && let Some(second) = second.object_value()
        && property(&second, "command")?.is_none()
    {
        return Ok(Some(second));
    }
    Ok(Some(servers))
}

/// Sets what differs, and nothing else.
fn update(
    there: &CstObject,
    form: Form,
    server: &Server,
    entry: &serde_json::Map<String, Value>,
) -> Result<(), String> {
    for (key, wanted) in entry.iter().filter(|(key, _)| *key != form.env()) {
        set(there, key, wanted)?;
    }
    let env = property(there, form.env())?.map(|env| object_of(&env)).transpose()?;
    for name in env.iter().flat_map(|env| server.unset.iter().map(move |name| property(env, name))) {
        if let Some(property) = name? {
            property.remove();
        }
    }
    if server.env.is_empty() {
        return Ok(());
    }
    let env = match env {
        Some(env) => env,
        None => object_of(&there.append(form.env(), CstInputValue::Object(Vec::new())))?,
    };
    server.env.iter().try_for_each(|(name, text)| set(&env, name, &Value::String(text.clone())))
}

fn set(object: &CstObject, key: &str, wanted: &Value) -> Result<(), String> {
    match property(object, key)? {
        Some(there) => {
            if there.value().and_then(|value| value.to_serde_value()).as_ref() != Some(wanted) {
                there.set_value(value(wanted));
            }
        }
        None => {
            object.append(key, value(wanted));
        }
    }
    Ok(())
}

/// The inputs by which VS Code asks, each once.
fn add_inputs(object: &CstObject, wanted: &[Value]) -> Result<(), String> {
    if wanted.is_empty() {
        return Ok(());
    }
    let inputs = match property(object, "inputs")? {
        Some(inputs) => inputs.array_value(),
        None => object.array_value_or_create("inputs"),
    };
    let inputs = inputs.ok_or("its \"inputs\" is not a list")?;
    let known: Vec<_> = inputs.elements().iter().filter_map(CstNode::to_serde_value).collect();
    for input in wanted.iter().filter(|input| !known.iter().any(|known| known["id"] == input["id"])) {
        inputs.append(value(input));
    }
    Ok(())
}

/// Takes the inputs out that `install` put in, where no other server uses them.
fn remove_inputs(root: &CstRootNode, object: &CstObject) -> Result<(), String> {
    let Some(property) = property(object, "inputs")? else { return Ok(()) };
    let Some(inputs) = property.array_value() else { return Ok(()) };
    let mut emptied = false;
    for (input, variable) in known_inputs() {
        let is_used = root.to_string().contains(&variable);
        let there =
            inputs.elements().into_iter().find(|element| element.to_serde_value().as_ref() == Some(&input));
        if let Some(there) = there.filter(|_| !is_used) {
            there.remove();
            emptied = inputs.elements().is_empty();
        }
    }
    if emptied {
        property.remove();
    }
    Ok(())
}

/// The property of this name. Two of one name are not edited: hosts differ in which of them they take.
fn property(object: &CstObject, name: &str) -> Result<Option<CstObjectProp>, String> {
    let mut all =
        object.properties().into_iter().filter(|property| property.decoded_name().as_deref() == Some(name));
    let first = all.next();
    if all.next().is_some() {
        return Err(format!("it has \"{name}\" twice in one object"));
    }
    Ok(first)
}

fn object_of(property: &CstObjectProp) -> Result<CstObject, String> {
    let name = || property.decoded_name().unwrap_or_default();
    property.object_value().ok_or_else(|| format!("its \"{}\" is not an object", name()))
}

fn value(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(bool) => CstInputValue::Bool(*bool),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(all) => CstInputValue::Array(all.iter().map(self::value).collect()),
        Value::Object(all) => {
            CstInputValue::Object(all.iter().map(|(key, one)| (key.clone(), self::value(one))).collect())
        }
    }
}

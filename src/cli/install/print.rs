//! `install HOST --print`: what a person would paste, on stdout; where to, on stderr.

use serde_json::{Map, Value};

use crate::cli::error::CliError;
use crate::cli::hosts::{Form, Host, Places};
use crate::cli::install::edit;
use crate::cli::install::links::links;
use crate::cli::install::server::{LOCATION, Server, TOKEN};
use crate::cli::install::wish::{Token, Wish};
use crate::cli::output::{print_json, print_stderr, print_stdout};
use crate::config::Home;

pub(crate) fn run(host: &'static Host, home: &Home, mut wish: Wish) -> Result<(), CliError> {
    let places = Places::of(host, home);
    // Values to fill in; this server knows that they are none.
    let mut fill = |name: &str, value: &str| wish.server.env.insert(name.to_owned(), value.to_owned());
    if matches!(wish.token, Token::Missing) {
        fill(TOKEN, "pit-...");
    }
    if !wish.has_location {
        fill(LOCATION, "...");
    }
    print_stderr(&format!("For {}, in {}:", host.title, home.shown(&places.file)));
    match host.form {
        Form::Toml => {
            let text = edit::insert(host, "", &wish.server).map_err(CliError::Install)?;
            text.lines().for_each(print_stdout);
        }
        Form::Json { .. } | Form::OpenCode => print_json(&document(host, &wish.server)),
    }
    for link in links(host, &wish.server).into_iter().flatten() {
        print_stderr(&format!("Or open {link}"));
    }
    Ok(())
}

fn document(host: &Host, server: &Server) -> Value {
    let servers = Map::from_iter([(server.name.clone(), Value::Object(server.entry(host.form)))]);
    let mut document = Map::from_iter([(host.form.key().to_owned(), Value::Object(servers))]);
    let inputs = server.inputs();
    if !inputs.is_empty() {
        document.insert("inputs".to_owned(), inputs.into());
    }
    Value::Object(document)
}

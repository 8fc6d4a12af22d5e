//! Lists the location's users.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contacts::Contacts;
use crate::contacts::value::text::clean_line;
use crate::ghl::model::User;
use crate::tool::{CallInfo, Effect, Failure, Tool, Toolset};

/// The most characters of one text.
const MAX_CHARS: usize = 200;

/// The tool.
#[derive(Debug)]
pub struct ListUsers;

/// The arguments: none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    users: Vec<Item>,
}

/// One user.
#[derive(Debug, Serialize, JsonSchema)]
struct Item {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    email: String,
}

impl Tool for ListUsers {
    const NAME: &'static str = "ghl_list_users";
    const TITLE: &'static str = "List users";
    const DESCRIPTION: &'static str = "List the users of the location, to whom contacts and tasks can be assigned: id, name and email. Never changes anything.";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Manage;
    const EXAMPLE: &'static str = "{}";
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, _: Input) -> Result<Output, Failure> {
        let scope = contacts.scope(call.caller);
        let users = contacts.list_users(&scope).await?;
        let clean = |text: &str| clean_line(text, MAX_CHARS).into_owned();
        let item =
            |user: &User| Item { id: clean(&user.id), name: clean(&user.name), email: clean(&user.email) };
        Ok(Output { users: users.iter().map(item).collect() })
    }
}

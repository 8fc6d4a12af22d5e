//! How a tool asks the person behind the host, in both eras of the protocol: by a request to the client during the call, or from
//! 2026-07-28 by an answer that asks for input, after which the client calls again with the reply.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::ghl::model::hex;

/// A question that a person answers with yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What the person reads.
    pub message: String,
    /// What the person ticks to say yes.
    pub yes: &'static str,
}

impl Question {
    /// The name of the field that the person ticks.
    pub(crate) const FIELD: &'static str = "confirm";

    /// A name of this question: another question has another one, so a reply is never taken for one to a question that the
    /// person did not see.
    pub(crate) fn name(&self) -> String {
        let mut name = format!("confirm-{}", hex(&Sha256::digest(self.message.as_bytes())));
        name.truncate("confirm-".len() + 16);
        name
    }
}

/// What the person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Yes.
    Accepted,
    /// No.
    Declined,
    /// Nothing: the question was closed.
    Cancelled,
}

impl Reply {
    /// The reply of MCP's `ElicitResult`. Only a tick is a yes.
    pub(crate) fn read(result: &Value) -> Self {
        let is_ticked = || match result.get("content").and_then(|content| content.get(Question::FIELD)) {
            Some(Value::Bool(ticked)) => *ticked,
            Some(Value::String(word)) => {
                ["true", "yes"].iter().any(|yes| word.trim().eq_ignore_ascii_case(yes))
            }
            _ => false,
        };
        match result.get("action").and_then(Value::as_str) {
            Some("accept") if is_ticked() => Self::Accepted,
            Some("accept" | "decline") => Self::Declined,
            _ => Self::Cancelled,
        }
    }
}

type Ask = dyn Fn(Question) -> BoxFuture<'static, Option<Reply>> + Send + Sync;

/// The way to the person.
#[derive(Clone, Default)]
pub enum Person {
    /// The host cannot ask.
    #[default]
    Absent,
    /// The host is asked during the call.
    InSession(Arc<Ask>),
    /// The call ends with the question, and comes again with the reply.
    ByRounds(Rounds),
}

/// The replies that came with a call, and the question that it ends with.
#[derive(Debug, Clone, Default)]
pub struct Rounds {
    replies: Arc<BTreeMap<String, Value>>,
    asked: Arc<OnceLock<Question>>,
}

impl Rounds {
    /// A call that came with these replies.
    #[must_use]
    pub fn new(replies: BTreeMap<String, Value>) -> Self {
        Self { replies: Arc::new(replies), asked: Arc::default() }
    }

    /// The question that the call ends with, if it asked one that had no reply.
    #[must_use]
    pub fn asked(&self) -> Option<&Question> {
        self.asked.get()
    }

    /// The reply to this question. Without one the question is put.
    pub(crate) fn reply(&self, question: Question) -> Option<Reply> {
        let reply = self.replies.get(&question.name()).map(Reply::read);
        if reply.is_none() {
            let _ = self.asked.set(question);
        }
        reply
    }
}

impl Person {
    /// Whether the call waits for the person, so that what it read before may have changed meanwhile.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self, Self::InSession(_))
    }

    /// A person who is asked by this function during the call. It gives none where the host could not ask.
    pub fn in_session<F>(ask: impl Fn(Question) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Option<Reply>> + Send + 'static,
    {
        Self::InSession(Arc::new(move |question| Box::pin(ask(question))))
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::InSession(_) => "InSession",
            Self::ByRounds(_) => "ByRounds",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_tick_is_a_yes() {
        for (result, reply) in [
            (json!({ "action": "accept", "content": { "confirm": true } }), Reply::Accepted),
            (json!({ "action": "accept", "content": { "confirm": "Yes" } }), Reply::Accepted),
            (json!({ "action": "accept", "content": { "confirm": false } }), Reply::Declined),
            (json!({ "action": "accept", "content": {} }), Reply::Declined),
            (json!({ "action": "accept" }), Reply::Declined),
            (json!({ "action": "decline" }), Reply::Declined),
            (json!({ "action": "cancel" }), Reply::Cancelled),
            (json!({ "action": "ACCEPT", "content": { "confirm": true } }), Reply::Cancelled),
            (json!({}), Reply::Cancelled),
            (json!("accept"), Reply::Cancelled),
        ] {
            assert_eq!(Reply::read(&result), reply, "{result}");
        }
    }

    #[test]
    fn a_reply_to_another_question_is_no_reply() {
        let question = |message: &str| Question { message: message.to_owned(), yes: "Yes" };
        let yes = json!({ "action": "accept", "content": { "confirm": true } });
        let rounds = Rounds::new([(question("Delete Ada?").name(), yes)].into());
        assert_eq!(rounds.reply(question("Delete Bob?")), None);
        assert_eq!(rounds.asked(), Some(&question("Delete Bob?")));
        let rounds = Rounds { asked: Arc::default(), ..rounds };
        assert_eq!(rounds.reply(question("Delete Ada?")), Some(Reply::Accepted));
        assert_eq!(rounds.asked(), None);
    }
}

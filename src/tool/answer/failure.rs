//! The error object that a failed tool call returns.

use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::Value;

use crate::ghl::model::text::cut;
use crate::ghl::{Effect, Written};
use crate::tool::answer::code::Code;

/// The most characters that message and hint have together, the space between them included.
const MOST: usize = 500;
/// The most of those that a hint takes.
const MOST_HINT: usize = 300;
/// The field of [`Written`], which the answer of a tool that only reads does not have.
const WRITTEN: &str = "mayHaveWritten";

/// An answer to a model that something went wrong.
///
/// Made by [`Failure::new`] and the `with_` methods, which keep `message` and `hint` together within 500
/// characters. None of them speaks of writing: [`Failure::into_result`] adds that where the tool writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The kind of failure.
    pub code: Code,
    /// What happened.
    pub message: String,
    /// The status HighLevel answered, if it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// How long to wait before trying again, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// Whether the CRM may have changed.
    pub may_have_written: Written,
    /// The contact it is about, where that helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<String>,
    /// The next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Failure {
    /// A failure before anything was written.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: cut(&message.into(), MOST),
            http_status: None,
            retry_after_seconds: None,
            may_have_written: Written::No,
            contact_id: None,
            hint: None,
        }
    }

    /// With the next step. Where both are long, the message gives way: the hint is what a model acts on.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self.within(MOST)
    }

    /// With the status HighLevel answered.
    #[must_use]
    pub fn with_http_status(mut self, status: u16) -> Self {
        self.http_status = Some(status);
        self
    }

    /// With the time to wait before trying again.
    #[must_use]
    pub fn with_retry_after_seconds(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// With what is known of the write.
    #[must_use]
    pub fn with_may_have_written(mut self, may: Written) -> Self {
        self.may_have_written = may;
        self
    }

    /// With the contact it is about.
    #[must_use]
    pub fn with_contact_id(mut self, id: impl Into<String>) -> Self {
        self.contact_id = Some(id.into());
        self
    }

    /// The text a model reads: the message and the hint.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{} {hint}", self.message),
            None => self.message.clone(),
        }
    }

    /// As MCP's answer to a call of a tool of this effect: `isError`, the text, and this object as structured content.
    /// Whether anything was written is said by a tool that writes, and by no other.
    #[must_use]
    pub fn into_result(self, effect: Effect) -> CallToolResult {
        let of_write = if effect.writes() { said_of(self.may_have_written) } else { "" };
        // The fields are public, so one put together by hand is cut here.
        let mut failure = self.within(MOST.saturating_sub(of_write.chars().count()));
        failure.message.push_str(of_write);
        let mut result = CallToolResult::error(vec![ContentBlock::text(failure.text())]);
        let mut content = serde_json::to_value(&failure).unwrap_or(Value::Null);
        if let Some(content) = content.as_object_mut().filter(|_| !effect.writes()) {
            content.remove(WRITTEN);
        }
        result.structured_content = Some(content);
        result
    }

    fn within(mut self, most: usize) -> Self {
        let left = match &mut self.hint {
            Some(hint) => {
                *hint = cut(hint, MOST_HINT.max(most.saturating_sub(self.message.chars().count() + 1)));
                most.saturating_sub(hint.chars().count() + 1)
            }
            None => most,
        };
        self.message = cut(&self.message, left);
        self
    }
}

/// What follows the message where the tool writes.
fn said_of(written: Written) -> &'static str {
    match written {
        Written::No => " Nothing was written.",
        Written::Unknown => {
            " It may or may not have been written: look the contact up before sending it again."
        }
        Written::Yes => " It was written.",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::tool::{Code, Effect, Failure, Written};

    #[test]
    fn a_failure_says_what_happened_and_what_to_do() {
        let result = Failure::new(Code::RateLimited, "HighLevel asked for a pause.")
            .with_hint("Wait 7 seconds.")
            .with_http_status(429)
            .with_retry_after_seconds(7)
            .with_may_have_written(Written::Unknown)
            .with_contact_id("abc")
            .into_result(Effect::Union);
        assert_eq!(result.is_error, Some(true));
        assert_eq!(
            result.content[0].as_text().unwrap().text,
            "HighLevel asked for a pause. It may or may not have been written: look the contact up before sending it \
             again. Wait 7 seconds."
        );
        assert_eq!(
            result.structured_content.unwrap(),
            json!({
                "code": "rate_limited", "httpStatus": 429,
                "message": "HighLevel asked for a pause. It may or may not have been written: look the contact up before sending it again.",
                "retryAfterSeconds": 7, "mayHaveWritten": "unknown", "contactId": "abc",
                "hint": "Wait 7 seconds."
            })
        );
    }

    #[test]
    fn message_and_hint_together_stay_within_five_hundred_characters() {
        let long = "é".repeat(10_000);
        for failure in [
            Failure::new(Code::Internal, &*long),
            Failure::new(Code::Internal, "short").with_hint(&*long),
            Failure::new(Code::Internal, &*long).with_hint("short"),
            Failure::new(Code::Internal, &*long).with_hint(&*long),
        ] {
            assert!(failure.text().chars().count() <= 500);
        }
        assert_eq!(Failure::new(Code::Internal, &*long).with_hint("Do this.").hint.unwrap(), "Do this.");
    }

    #[test]
    fn what_was_written_is_never_cut() {
        let long = "é".repeat(10_000);
        for failure in
            [Failure::new(Code::Internal, &*long), Failure::new(Code::Internal, &*long).with_hint(&*long)]
        {
            let result = failure.with_may_have_written(Written::Yes).into_result(Effect::Create);
            let text = &result.content[0].as_text().unwrap().text;
            assert!(text.chars().count() <= 500 && text.contains(" It was written."), "{text}");
        }
    }

    #[test]
    fn the_failure_of_a_tool_that_only_reads_says_nothing_of_writing() {
        for code in Code::ALL {
            for written in [Written::No, Written::Unknown, Written::Yes] {
                let failure = Failure::new(*code, "It failed.").with_may_have_written(written);
                let result = failure.with_hint("Wait.").into_result(Effect::Read);
                assert_eq!(result.content[0].as_text().unwrap().text, "It failed. Wait.");
                assert_eq!(
                    result.structured_content.unwrap(),
                    json!({ "code": code.word(), "message": "It failed.", "hint": "Wait." })
                );
            }
        }
    }

    #[test]
    fn public_fields_are_cut_when_the_failure_is_answered() {
        let mut failure = Failure::new(Code::Internal, "y");
        failure.message = "z".repeat(600);
        let result = failure.into_result(Effect::Read);
        assert_eq!(result.content[0].as_text().unwrap().text.chars().count(), 500);
    }
}

//! The error object that a failed tool call returns.

use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::Value;

use crate::ghl::Written;
use crate::ghl::model::text::cut;
use crate::tool::answer::code::Code;

/// The most characters that message and hint have together, the space between them included.
const MOST: usize = 500;
/// The most of those that a hint takes.
const MOST_HINT: usize = 300;

/// An answer to a model that something went wrong.
///
/// Made by [`Failure::new`] and the `with_` methods, which keep `message` and `hint` together within 500
/// characters.
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
        self.within_bounds()
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

    /// As MCP's answer: `isError`, the text, and this object as structured content.
    #[must_use]
    pub fn into_result(self) -> CallToolResult {
        // The fields are public, so one put together by hand is cut here.
        let failure = self.within_bounds();
        let mut result = CallToolResult::error(vec![ContentBlock::text(failure.text())]);
        result.structured_content = Some(serde_json::to_value(&failure).unwrap_or(Value::Null));
        result
    }

    fn within_bounds(mut self) -> Self {
        let left = match &mut self.hint {
            Some(hint) => {
                *hint = cut(hint, MOST_HINT.max(MOST.saturating_sub(self.message.chars().count() + 1)));
                MOST.saturating_sub(hint.chars().count() + 1)
            }
            None => MOST,
        };
        self.message = cut(&self.message, left);
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::tool::{Code, Failure, Written};

    #[test]
    fn a_failure_says_what_happened_and_what_to_do() {
        let result = Failure::new(Code::RateLimited, "HighLevel asked for a pause.")
            .with_hint("Wait 7 seconds.")
            .with_http_status(429)
            .with_retry_after_seconds(7)
            .with_may_have_written(Written::Unknown)
            .with_contact_id("abc")
            .into_result();
        assert_eq!(result.is_error, Some(true));
        assert_eq!(result.content[0].as_text().unwrap().text, "HighLevel asked for a pause. Wait 7 seconds.");
        assert_eq!(
            result.structured_content.unwrap(),
            json!({
                "code": "rate_limited", "message": "HighLevel asked for a pause.", "httpStatus": 429,
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
    fn public_fields_are_cut_when_the_failure_is_answered() {
        let mut failure = Failure::new(Code::Internal, "y");
        failure.message = "z".repeat(600);
        let result = failure.into_result();
        assert_eq!(result.content[0].as_text().unwrap().text.chars().count(), 500);
    }
}

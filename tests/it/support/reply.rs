//! What the model saw.

use rmcp::model::CallToolResult;
use serde_json::Value;

/// The answer to one call.
#[derive(Debug, Clone)]
pub struct Reply(pub CallToolResult);

impl Reply {
    /// The structured answer of a successful call. The text block holds the same JSON.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        assert_ne!(self.0.is_error, Some(true), "the call failed: {}", self.text());
        let structured = self.0.structured_content.as_ref().expect("a tool answers structured content");
        let text: Value = serde_json::from_str(self.text()).expect("the text of an answer is JSON");
        assert_eq!(&text, structured);
        structured
    }

    /// The text of a failed call.
    #[track_caller]
    pub fn error(&self) -> &str {
        assert_eq!(self.0.is_error, Some(true), "the call succeeded: {}", self.text());
        let text = self.text();
        assert!(text.chars().count() <= 500, "an error of {} characters", text.chars().count());
        text
    }

    #[track_caller]
    pub fn failure(&self) -> &Value {
        self.error();
        self.0.structured_content.as_ref().expect("a failure is structured")
    }

    /// The error code of a failed call.
    #[track_caller]
    pub fn code(&self) -> &str {
        self.failure()["code"].as_str().expect("a failure has a code")
    }

    /// `no`, `yes` or `unknown`.
    #[track_caller]
    pub fn may_have_written(&self) -> &str {
        self.failure()["mayHaveWritten"].as_str().expect("a failure says whether it may have written")
    }

    /// The error code of a failed call of a tool that only reads. Such a failure says nothing of writing.
    #[track_caller]
    pub fn failed_read(&self) -> &str {
        assert_eq!(self.failure().get("mayHaveWritten"), None);
        let words = self.error().to_lowercase();
        for word in ["written", "writing", "look the contact up", "before sending"] {
            assert!(!words.contains(word), "{words}");
        }
        self.code()
    }

    #[track_caller]
    pub fn outcome(&self) -> &str {
        self.ok()["outcome"].as_str().expect("a receipt has an outcome")
    }

    pub fn is_error(&self) -> bool {
        self.0.is_error == Some(true)
    }

    pub fn text(&self) -> &str {
        &self.0.content[0].as_text().expect("the first block is text").text
    }
}

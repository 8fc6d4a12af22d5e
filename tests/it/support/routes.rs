//! A HighLevel in memory that answers by the request, and remembers each request as a line.
#![expect(clippy::disallowed_methods, reason = "the way takes time on the paused clock")]

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ghl_contacts_mcp::ghl::wire::HttpRequest;

use crate::support::scripted::PausedClock;
use crate::support::upstream::memory::{MemoryUpstream, Reply, Rule};

type Answers = dyn Fn(&HttpRequest) -> Reply + Send + Sync;

/// The rule: what a request is answered, 60 ms after it came.
pub struct Routes {
    answers: Mutex<Arc<Answers>>,
    lines: Mutex<Vec<String>>,
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Routes")
    }
}

impl Routes {
    pub fn answering(
        answers: impl Fn(&HttpRequest) -> Reply + Send + Sync + 'static,
    ) -> Arc<MemoryUpstream<Self>> {
        let rule = Self { answers: Mutex::new(Arc::new(answers)), lines: Mutex::default() };
        MemoryUpstream::new(rule, Arc::new(PausedClock::default()))
    }

    /// From now on requests are answered so. The lines so far are forgotten.
    pub fn now(&self, answers: impl Fn(&HttpRequest) -> Reply + Send + Sync + 'static) {
        *self.answers.lock().unwrap() = Arc::new(answers);
        self.lines.lock().unwrap().clear();
    }

    /// Method and path of each request.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl Rule for Routes {
    fn reply(&self, request: HttpRequest) -> BoxFuture<'_, Reply> {
        self.lines.lock().unwrap().push(format!("{} {}", request.method, request.url.path()));
        let answers = Arc::clone(&self.answers.lock().unwrap());
        async move {
            tokio::time::sleep(Duration::from_millis(60)).await;
            answers(&request)
        }
        .boxed()
    }
}

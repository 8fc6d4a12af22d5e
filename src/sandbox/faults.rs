//! Faults on demand: for the next request, for one that matches, for all requests, or at random.

pub(crate) mod odd;
mod random;

use std::collections::VecDeque;

use crate::sandbox::faults::random::Sample;
use crate::sandbox::request::Request;

/// What goes wrong with a request. `apply`: the CRM carries the request out before the fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Another status and body. A body that is JSON is sent as JSON, another one as HTML.
    Status {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
        /// Whether the request is carried out.
        apply: bool,
        /// Additional headers.
        headers: Vec<(String, String)>,
    },
    /// The connection closes without any byte of a response.
    HangUp {
        /// Whether the request is carried out.
        apply: bool,
    },
    /// The status, the `content-length` and half of the body are sent; then the connection closes.
    Truncate {
        /// Whether the request is carried out. The half is then of its real response.
        apply: bool,
    },
    /// An HTML page, as a gateway in front of HighLevel sends it. The request is not carried out.
    Html {
        /// The HTTP status.
        status: u16,
    },
    /// No response; the connection stays open until the client closes it.
    Stall {
        /// Whether the request is carried out.
        apply: bool,
    },
    /// 429.
    TooManyRequests {
        /// The value of a `retry-after` header (HighLevel sends none).
        retry_after: Option<String>,
        /// Whether the `x-ratelimit-*` headers are sent. They show that nothing is left.
        window_headers: bool,
    },
    /// A 307 to another address.
    Redirect {
        /// The value of the `location` header.
        location: String,
    },
    /// A 200 whose body is not what HighLevel describes: a key is missing, a value has another type, the answer is about
    /// another contact or location. Nothing else of the response is wrong. What no client could notice is not made.
    Odd {
        /// Whether a request that writes is carried out. If not, its true body shows what is stored.
        apply: bool,
        /// Chooses the change of the true body.
        seed: u64,
    },
}

impl Fault {
    /// Another status and body; the request is not carried out.
    pub fn answer(status: u16, body: impl Into<String>) -> Self {
        Self::Status { status, body: body.into(), apply: false, headers: Vec::new() }
    }

    /// Whether the request is carried out.
    pub(crate) fn applies(&self, request: &Request) -> bool {
        match self {
            Self::Odd { apply, .. } => *apply || !request.writes(),
            Self::Status { apply, .. }
            | Self::HangUp { apply }
            | Self::Truncate { apply }
            | Self::Stall { apply } => *apply,
            Self::Html { .. } | Self::TooManyRequests { .. } | Self::Redirect { .. } => false,
        }
    }
}

/// Code that runs before a request is served.
pub(crate) type Hook = Box<dyn FnOnce() + Send>;

/// Something for the next request with this method and path.
struct Targeted<T> {
    method: String,
    prefix: String,
    item: T,
}

impl<T> Targeted<T> {
    fn new(method: &str, prefix: &str, item: T) -> Self {
        Self { method: method.to_owned(), prefix: prefix.to_owned(), item }
    }

    fn matches(&self, request: &Request) -> bool {
        let target = request.target();
        let path_matches = match self.prefix.strip_suffix('$') {
            Some(path) => target == path,
            None => target.starts_with(&self.prefix),
        };
        path_matches && self.method.eq_ignore_ascii_case(&request.method)
    }
}

/// Faults and hooks for coming requests. `always` goes first, then the targeted faults, then `next`, then the random
/// ones, then the random odd answers.
#[derive(Default)]
pub(crate) struct Faults {
    /// The faults of the next requests.
    pub(crate) next: VecDeque<Fault>,
    /// The fault of each request.
    pub(crate) always: Option<Fault>,
    targeted: Vec<Targeted<Fault>>,
    hooks: Vec<Targeted<Hook>>,
    random: Option<Sample>,
    odd: Option<Sample>,
}

impl Faults {
    /// Adds a fault for the next request with this method and path.
    pub(crate) fn add(&mut self, method: &str, prefix: &str, fault: Fault) {
        self.targeted.push(Targeted::new(method, prefix, fault));
    }

    /// Adds a hook for the next request with this method and path.
    pub(crate) fn add_hook(&mut self, method: &str, prefix: &str, hook: Hook) {
        self.hooks.push(Targeted::new(method, prefix, hook));
    }

    /// From now on `percent` of the requests fail at random. The same seed chooses the same requests.
    pub(crate) fn sample(&mut self, percent: f64, seed: u64) {
        self.random = Sample::new(percent, seed);
    }

    /// From now on `percent` of the requests that do not fail are answered oddly.
    pub(crate) fn sample_odd(&mut self, percent: f64, seed: u64) {
        self.odd = Sample::new(percent, seed);
    }

    /// Removes and returns the first hook for this request.
    pub(crate) fn take_hook(&mut self, request: &Request) -> Option<Hook> {
        let index = self.hooks.iter().position(|hook| hook.matches(request))?;
        Some(self.hooks.remove(index).item)
    }

    /// Removes and returns the fault of this request.
    pub(crate) fn take(&mut self, request: &Request) -> Option<Fault> {
        if self.always.is_some() {
            return self.always.clone();
        }
        if let Some(index) = self.targeted.iter().position(|fault| fault.matches(request)) {
            return Some(self.targeted.remove(index).item);
        }
        self.next.pop_front().or_else(|| self.random_fault()).or_else(|| self.odd_answer())
    }

    fn odd_answer(&mut self) -> Option<Fault> {
        let number = self.odd.as_mut()?.choose()?;
        Some(Fault::Odd { apply: number & 0x1_0000 != 0, seed: number })
    }

    fn random_fault(&mut self) -> Option<Fault> {
        let number = self.random.as_mut()?.choose()?;
        let apply = number & 0x1_0000 != 0;
        let status = |status| Fault::Status { status, body: String::new(), apply, headers: Vec::new() };
        Some(match (number >> 32) % 7 {
            0 => status(500),
            1 => status(502),
            2 => Fault::Html { status: 503 },
            3 => status(504),
            4 => Fault::HangUp { apply },
            5 => Fault::Truncate { apply },
            _ => Fault::TooManyRequests { retry_after: None, window_headers: true },
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::sandbox::faults::{Fault, Faults};
    use crate::sandbox::request::Request;

    fn get(path: &str) -> Request {
        Request { method: "GET".into(), path: path.into(), ..Request::default() }
    }

    #[test]
    fn a_targeted_fault_waits_for_its_request_and_is_used_once() {
        let mut faults = Faults::default();
        faults.add("GET", "/contacts/", Fault::Html { status: 502 });
        assert_eq!(faults.take(&get("/locations/x")), None);
        assert_eq!(faults.take(&get("/contacts/x")), Some(Fault::Html { status: 502 }));
        assert_eq!(faults.take(&get("/contacts/x")), None);
    }

    #[test]
    fn random_faults_are_the_same_for_the_same_seed() {
        let sample = |seed| {
            let mut faults = Faults::default();
            faults.sample(20.0, seed);
            (0..500).map(|_| faults.take(&get("/")).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(sample(7), sample(7));
        assert_ne!(sample(7), sample(8));
        let failed = sample(7).into_iter().filter(|failed| *failed).count();
        assert!((60..140).contains(&failed), "{failed}");
    }
}

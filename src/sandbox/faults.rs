//! Faults on demand: the next request, a named one, all of them, or some by lot.

use std::collections::VecDeque;

use crate::sandbox::record::mix;
use crate::sandbox::request::Request;

/// Something that goes wrong. `apply`: the request is carried out in the CRM before the fault shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Another status and body; a body that is JSON is sent as such.
    Status {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
        /// Carried out all the same.
        apply: bool,
        /// More headers.
        headers: Vec<(String, String)>,
    },
    /// The connection closes without one byte of an answer.
    HangUp {
        /// Carried out all the same.
        apply: bool,
    },
    /// Status and `content-length`, half of the body, then the connection closes.
    Truncate {
        /// Carried out all the same; the half is then the true answer's.
        apply: bool,
    },
    /// An HTML page, as a gateway in front of HighLevel sends it. Nothing is carried out.
    Html {
        /// The HTTP status.
        status: u16,
    },
    /// No answer until the client goes away.
    Stall {
        /// Carried out all the same.
        apply: bool,
    },
    /// 429.
    TooManyRequests {
        /// Value of a `retry-after` header, if any (HighLevel sends none).
        retry_after: Option<String>,
        /// Whether the `x-ratelimit-*` headers are there, showing nothing left.
        window_headers: bool,
    },
    /// 307 to another address.
    Redirect {
        /// Value of the `location` header.
        location: String,
    },
}

impl Fault {
    /// Another status and body; nothing is carried out.
    pub fn answer(status: u16, body: impl Into<String>) -> Self {
        Self::Status { status, body: body.into(), apply: false, headers: Vec::new() }
    }

    /// Whether the request is carried out.
    pub(crate) fn applies(&self) -> bool {
        match self {
            Self::Status { apply, .. }
            | Self::HangUp { apply }
            | Self::Truncate { apply }
            | Self::Stall { apply } => *apply,
            Self::Html { .. } | Self::TooManyRequests { .. } | Self::Redirect { .. } => false,
        }
    }
}

/// A piece of code that runs before a request is served.
pub(crate) type Hook = Box<dyn FnOnce() + Send>;

struct Aim<T> {
    method: String,
    prefix: String,
    what: T,
}

impl<T> Aim<T> {
    fn hits(&self, request: &Request) -> bool {
        let target = request.target();
        let there = match self.prefix.strip_suffix('$') {
            Some(whole) => target == whole,
            None => target.starts_with(&self.prefix),
        };
        there && self.method.eq_ignore_ascii_case(&request.method)
    }
}

/// Faults and hooks that wait for their request. `always` goes before aimed ones, then the queue, then the lot.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) next: VecDeque<Fault>,
    pub(crate) always: Option<Fault>,
    aimed: Vec<Aim<Fault>>,
    hooks: Vec<Aim<Hook>>,
    lot: Option<(f64, u64)>,
}

impl Faults {
    pub(crate) fn aim(&mut self, method: &str, prefix: &str, what: Fault) {
        self.aimed.push(Aim { method: method.to_owned(), prefix: prefix.to_owned(), what });
    }

    pub(crate) fn hook(&mut self, method: &str, prefix: &str, what: Hook) {
        self.hooks.push(Aim { method: method.to_owned(), prefix: prefix.to_owned(), what });
    }

    /// From now on `percent` of the requests fail, the same ones for the same seed.
    pub(crate) fn by_lot(&mut self, percent: f64, seed: u64) {
        self.lot = (percent > 0.0).then_some((percent, seed));
    }

    pub(crate) fn take_hook(&mut self, request: &Request) -> Option<Hook> {
        let place = self.hooks.iter().position(|hook| hook.hits(request))?;
        Some(self.hooks.remove(place).what)
    }

    pub(crate) fn take(&mut self, request: &Request) -> Option<Fault> {
        if self.always.is_some() {
            return self.always.clone();
        }
        if let Some(place) = self.aimed.iter().position(|fault| fault.hits(request)) {
            return Some(self.aimed.remove(place).what);
        }
        self.next.pop_front().or_else(|| self.draw())
    }

    fn draw(&mut self) -> Option<Fault> {
        let (percent, state) = self.lot.as_mut()?;
        *state = mix(*state);
        let drawn = u32::try_from(*state % 10_000).unwrap_or_default();
        if f64::from(drawn) >= *percent * 100.0 {
            return None;
        }
        let apply = *state & 0x1_0000 != 0;
        let status = |status| Fault::Status { status, body: String::new(), apply, headers: Vec::new() };
        Some(match (*state >> 32) % 7 {
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
    fn an_aimed_fault_waits_for_its_request_and_strikes_once() {
        let mut faults = Faults::default();
        faults.aim("GET", "/contacts/", Fault::Html { status: 502 });
        assert_eq!(faults.take(&get("/locations/x")), None);
        assert_eq!(faults.take(&get("/contacts/x")), Some(Fault::Html { status: 502 }));
        assert_eq!(faults.take(&get("/contacts/x")), None);
    }

    #[test]
    fn the_lot_falls_the_same_way_for_the_same_seed() {
        let draw = |seed| {
            let mut faults = Faults::default();
            faults.by_lot(20.0, seed);
            (0..500).map(|_| faults.take(&get("/")).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let struck = draw(7).into_iter().filter(|hit| *hit).count();
        assert!((60..140).contains(&struck), "{struck}");
    }
}

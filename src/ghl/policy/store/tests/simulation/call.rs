//! One call, with the policies in the order of `client/send.rs` and of the safe upsert.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::ghl::model::{Caller, Clock, Context, Effect, Error, Kind, Written};
use crate::ghl::policy::rate_limit::RateLimiter;
use crate::ghl::policy::retry::{Retry, Verdict};
use crate::ghl::policy::store::tests::simulation::highlevel::{Answer, HighLevel, Request};
use crate::ghl::policy::store::tests::simulation::replica::Replica;
use crate::ghl::policy::store::{Lease, Need};

/// The time of a call.
pub(crate) const DEADLINE: Duration = Duration::from_secs(35);
/// As in `contacts/operation/upsert.rs`.
const MAX_ATTEMPTS: u32 = 5;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    Read,
    /// A person, with the keys of the contact.
    Upsert(u64, Vec<String>),
}

/// A call that runs.
pub(crate) struct Call {
    replica: Arc<Replica>,
    limiter: Arc<RateLimiter>,
    highlevel: HighLevel,
    location: u32,
    context: Context,
    began: Duration,
    /// How long HighLevel took for its requests, in nanoseconds.
    carried: AtomicU64,
    /// How long the locks took to give back, after the answer was known, in nanoseconds.
    given_back: AtomicU64,
    /// The least time that was left when a request left, in nanoseconds.
    least: AtomicU64,
}

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) result: Result<(), Error>,
    /// How long it waited: for the limiter, for locks, for the store.
    pub(crate) waited: Duration,
    pub(crate) took: Duration,
    /// The least time that was left when a request left.
    pub(crate) least: Duration,
}

/// How an attempt failed.
enum Failure {
    Final(Error),
    Sent(Error),
}

impl Call {
    pub(crate) fn new(replica: Arc<Replica>, highlevel: HighLevel, location: u32) -> Self {
        let clock = Arc::new(replica.clock.clone());
        let caller = Caller::from(CancellationToken::new());
        Self {
            limiter: replica.limiter(location),
            context: Context::new(clock, DEADLINE, caller, replica.next_call()),
            began: replica.clock.now(),
            replica,
            highlevel,
            location,
            carried: AtomicU64::default(),
            given_back: AtomicU64::default(),
            least: AtomicU64::new(u64::MAX),
        }
    }

    pub(crate) async fn run(self, asked: &Asked) -> Outcome {
        let result = match asked {
            Asked::Read => self.send(Request::Read, None).await.map(drop),
            Asked::Upsert(person, keys) => self.upsert(*person, keys).await,
        };
        let nanos = |time: &AtomicU64| Duration::from_nanos(time.load(Ordering::Relaxed));
        let (carried, given_back) = (nanos(&self.carried), nanos(&self.given_back));
        let took = self.since(self.began).saturating_sub(given_back);
        Outcome { result, waited: took.saturating_sub(carried), took, least: nanos(&self.least) }
    }

    fn since(&self, time: Duration) -> Duration {
        self.context.clock().now().saturating_sub(time)
    }

    async fn upsert(&self, person: u64, keys: &[String]) -> Result<(), Error> {
        let location = format!("location{}", self.location);
        let (mut need, mut attempts) = (Need::IfItServes, 0..MAX_ATTEMPTS);
        loop {
            let lease = Lease::take(&self.replica.store, &location, keys, &self.context, need);
            let lease = Box::pin(lease).await?;
            let result = self.upsert_held(person, &lease).await;
            let released = self.context.clock().now();
            Box::pin(lease.release()).await;
            add(&self.given_back, self.since(released));
            match result {
                Err(error) if *error.kind() == Kind::LockLost && attempts.next().is_some() => {
                    need = Need::Always;
                }
                result => return result,
            }
        }
    }

    async fn upsert_held(&self, person: u64, lease: &Lease) -> Result<(), Error> {
        let found = self.send(Request::LookUp(person), Some(lease)).await?.is_found;
        let request = if found { Request::Update } else { Request::Create(person) };
        self.send(request, Some(lease)).await.map(drop)
    }

    async fn send(&self, request: Request, lease: Option<&Lease>) -> Result<Answer, Error> {
        let lease = lease.filter(|_| request.effect() == Effect::Create);
        let (clock, mut retry) = (self.context.clock(), Retry::new(request.effect()));
        loop {
            let error = match self.attempt(request, lease).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(retry.not_sent(error)),
                Err(Failure::Sent(error)) => error,
            };
            let (verdict, error) = retry.next(error, self.context.remaining(), clock.jitter());
            let Verdict::Again(pause) = verdict else { return Err(error) };
            if !self.limiter.take_repeat(clock.now()) || !self.context.sleep(pause).await {
                return Err(error);
            }
        }
    }

    async fn attempt(&self, request: Request, lease: Option<&Lease>) -> Result<Answer, Failure> {
        loop {
            self.context.check().map_err(Failure::Final)?;
            if let Some(answer) = self.exchange(request, lease).await? {
                return Ok(answer);
            }
        }
    }

    async fn exchange(&self, request: Request, lease: Option<&Lease>) -> Result<Option<Answer>, Failure> {
        let (context, clock) = (&self.context, self.context.clock());
        if let Some(lease) = lease {
            Box::pin(lease.declare(context)).await.map_err(Failure::Final)?;
        }
        let settled = || lease.into_iter().for_each(Lease::settled);
        let permit = self.limiter.acquire(context).await;
        let permit = permit.inspect_err(|_| settled()).map_err(Failure::Final)?;
        if lease.is_some_and(|lease| !lease.holds()) {
            settled();
            permit.give_back();
            return Ok(None);
        }
        let (sent, remaining) = (clock.now(), context.remaining());
        self.least.fetch_min(u64::try_from(remaining.as_nanos()).unwrap(), Ordering::Relaxed);
        let answer = tokio::select! {
            biased;
            answer = self.highlevel.answer(self.location, request, remaining) => answer,
            () = clock.alarm(remaining) => None,
        };
        let now = clock.now();
        add(&self.carried, self.since(sent));
        let limits = answer.as_ref().map(|answer| answer.limits);
        let outcome = match answer {
            None if request.effect() == Effect::Read => Err(Error::new(Kind::Lost, Written::No)),
            None => Err(Error::new(Kind::Lost, Written::Unknown)),
            Some(answer) if answer.is_refused => {
                Err(Error::new(Kind::RateLimited, Written::No).with_retry_after(answer.limits.interval))
            }
            Some(answer) => Ok(answer),
        };
        if outcome.as_ref().map_or_else(|error| error.written() == Written::No, |_| true) {
            settled();
        }
        permit.settle(now, limits.as_ref(), outcome.as_ref().err());
        outcome.map(Some).map_err(Failure::Sent)
    }
}

fn add(sum: &AtomicU64, time: Duration) {
    sum.fetch_add(u64::try_from(time.as_nanos()).unwrap(), Ordering::Relaxed);
}

//! The one place where a request is sent, and where the order of the policies stands.
//!
//! Outside in: retry, deadline and cancellation, circuit breaker, token, rate limiter. The permit of the rate limiter is
//! taken last and given back first: between the two there is exactly one `.await`, the transport's.
//!
//! No part of the client can wait for what it holds itself. A permit is the only thing of which there are few. It is made
//! by `acquire` and consumed by `settle`, both in [`Scope::exchange`], so no caller of it can hold one: not the retry loop
//! when it renews a refused token or replays the request, and not a probe of the circuit breaker. What a call waits for
//! under the permit is the transport alone, which asks for nothing of this client and has a timeout. A replay asks for a
//! permit like any other request, because HighLevel counts it like any other; the permit of the refused request is back by
//! then, so those who wait before the replay in the queue are served meanwhile.

use reqwest::header::HeaderMap;

use crate::ghl::auth::Bearer;
use crate::ghl::client::probe::probe;
use crate::ghl::client::scope::Scope;
use crate::ghl::model::{Effect, Error, Kind, Written};
use crate::ghl::policy::{Admission, Lease, Pass, Retry, Verdict};
use crate::ghl::wire::{
    Answer, Call, HttpRequest, HttpResponse, Limits, TransportError, classify, clock_ahead, decode, request,
};

/// How an attempt failed.
enum Failure {
    /// Nothing was sent, or its caller went away: nothing more is sent.
    Final(Error),
    /// It was sent with this token.
    Sent(Error, Bearer),
}

impl Scope {
    /// Sends `call` under all policies, and decodes the answer.
    pub(crate) async fn send<T: Answer>(&self, call: Call) -> Result<T, Error> {
        let (shared, context) = (self.client().shared(), self.context());
        let mut retry = Retry::new(call.effect);
        loop {
            let (error, bearer) = match self.attempt(&call).await {
                Ok(answer) => {
                    let status = answer.status.as_u16();
                    tracing::debug!(endpoint = call.name, attempt = retry.attempt(), status, "answered");
                    return decode(&call, self.client().location()?, &answer);
                }
                Err(Failure::Final(error)) => return Err(retry.not_sent(error)),
                Err(Failure::Sent(error, bearer)) => (error, bearer),
            };
            if retry.wants_new_token(&error)
                && self.renew(&bearer).await.map_err(|failed| retry.not_sent(failed))?
            {
                continue;
            }
            let clock = context.clock();
            let attempt = retry.attempt();
            let (verdict, error) = retry.next(error, context.remaining(), clock.jitter());
            // The trace is what HighLevel's support asks for.
            let trace = error.trace_id();
            tracing::debug!(
                endpoint = call.name,
                attempt,
                kind = error.kind().name(),
                ?verdict,
                trace,
                "failed"
            );
            let Verdict::Again(pause) = verdict else { return Err(error) };
            if shared.breaker.is_open(clock.now()) || !shared.limiter.take_repeat(clock.now()) {
                return Err(error);
            }
            shared.observer.repeated(call.name);
            if !context.sleep(pause).await {
                return Err(error);
            }
        }
    }

    async fn attempt(&self, call: &Call) -> Result<HttpResponse, Failure> {
        loop {
            let pass = self.admission(call.effect).await.map_err(Failure::Final)?;
            if let Some(answer) = self.exchange(call, pass).await? {
                return Ok(answer);
            }
        }
    }

    /// The circuit breaker's admission, after the probe that it may ask for.
    async fn admission(&self, effect: Effect) -> Result<Pass<'_>, Error> {
        let (shared, context) = (self.client().shared(), self.context());
        loop {
            context.check()?;
            match shared.breaker.admit(context.clock().now(), effect) {
                Admission::Pass(pass) => return Ok(pass),
                Admission::Closed(refusal) => return Err(refusal),
                Admission::AfterProbe => {}
            }
            let scope = self.shared();
            let probe = || async move { scope.probe().await };
            let probed = shared.probes.join((), probe);
            let died = || Err(Error::new(Kind::Unavailable, Written::No));
            context.in_time(async { probed.await.unwrap_or_else(died) }).await?;
        }
    }

    /// One probe of the circuit breaker, which records what comes of it. Fails where it could not be sent.
    async fn probe(&self) -> Result<(), Error> {
        let location = self.client().location()?;
        let Some((pass, before)) = self.client().shared().breaker.probe(self.context().clock().now()) else {
            return Ok(());
        };
        match self.exchange(&probe(location, before), pass).await {
            Err(Failure::Final(error)) => Err(error),
            Ok(_) | Err(Failure::Sent(..)) => Ok(()),
        }
    }

    /// Sends `call` once. `None` where it was not sent, because the circuit breaker opened while it waited.
    async fn exchange(&self, call: &Call, pass: Pass<'_>) -> Result<Option<HttpResponse>, Failure> {
        let (shared, context) = (self.client().shared(), self.context());
        let clock = context.clock();
        let location = self.client().location().map_err(Failure::Final)?;
        // The token comes before the permit: calls that took their permits and then waited for a renewal would all
        // leave at its end, in one burst that the rate limiter knows nothing of.
        let bearer = self.bearer().await.map_err(Failure::Final)?;
        let mut request = request(call, &shared.settings.base_url, Some(&bearer.header), Some(location))
            .map_err(Failure::Final)?;
        // So does the word to the other processes that a contact is created.
        let lease = self.held().filter(|_| call.effect == Effect::Create);
        if let Some(lease) = lease {
            Box::pin(lease.declare(context)).await.map_err(Failure::Final)?;
        }
        let asked = clock.now();
        let permit = shared.limiter.acquire(context).await;
        shared.observer.waited(call.name, clock.now().saturating_sub(asked));
        let permit =
            permit.inspect_err(|_| lease.into_iter().for_each(Lease::settled)).map_err(Failure::Final)?;
        if !pass.holds() || lease.is_some_and(|lease| !lease.holds()) {
            lease.into_iter().for_each(Lease::settled);
            permit.give_back();
            return Ok(None);
        }
        let sent = clock.now();
        request.timeout = context.remaining();
        context.usage().count(call.effect);
        let _stale = call.effect.writes().then(|| shared.reads.write_under_way());
        let answer = self.carry(call.effect, request).await.map_err(Failure::Final)?;
        let answer = answer.map(|answer| shared.settings.credential.scrub(&bearer, answer));
        let now = clock.now();
        let limits = answer.as_ref().ok().map(|answer| self.told(&answer.headers));
        shared.observer.ended(call.name, status(&answer), now.saturating_sub(sent));
        let host = shared.settings.base_url.host_str().unwrap_or_default();
        let outcome = classify(call, host, answer, &limits.unwrap_or_default());
        // What HighLevel has answered itself is over: a lookup shows what came of it.
        if outcome
            .as_ref()
            .map_or_else(|error| error.written() == Written::No || error.is_refusal(), |_| true)
        {
            lease.into_iter().for_each(Lease::settled);
        }
        permit.settle(now, limits.as_ref(), outcome.as_ref().err());
        pass.record(now, &limits.unwrap_or_default(), outcome.as_ref().err());
        outcome.map(Some).map_err(|error| Failure::Sent(shared.breaker.explain(now, error), bearer))
    }

    /// What the headers of an answer say, which the call's usage and the observer are told.
    fn told(&self, headers: &HeaderMap) -> Limits {
        let wall = self.context().clock().wall();
        let limits = Limits::read(headers, wall);
        self.context().usage().learn(limits.remaining, limits.daily_remaining);
        self.client().shared().observer.told(&limits.told(clock_ahead(headers, wall)));
        limits
    }

    /// A read is dropped when its caller goes away; a write that is under way is carried to its end.
    async fn carry(
        &self,
        effect: Effect,
        request: HttpRequest,
    ) -> Result<Result<HttpResponse, TransportError>, Error> {
        let answer = self.client().shared().settings.transport.send(request);
        if effect.writes() {
            return Ok(answer.await);
        }
        let cancelled = || Error::new(Kind::Cancelled, Written::No);
        self.context().cancel().run_until_cancelled(answer).await.ok_or_else(cancelled)
    }

    /// The token to send with, renewed first where it ages. Nothing is under way meanwhile.
    async fn bearer(&self) -> Result<Bearer, Error> {
        let shared = self.client().shared();
        self.context().in_time(shared.settings.credential.bearer(&shared.token_endpoint)).await
    }

    /// Whether there is another token after HighLevel refused this one. Nothing is under way meanwhile.
    async fn renew(&self, refused: &Bearer) -> Result<bool, Error> {
        let shared = self.client().shared();
        self.context().in_time(shared.settings.credential.renew(&shared.token_endpoint, refused)).await
    }
}

fn status(answer: &Result<HttpResponse, TransportError>) -> Option<u16> {
    match answer {
        Ok(answer) => Some(answer.status.as_u16()),
        Err(TransportError::CutOff(status) | TransportError::TooLarge(status)) => Some(status.as_u16()),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests;

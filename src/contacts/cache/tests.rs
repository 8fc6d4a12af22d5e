use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

use crate::contacts::cache::Cached;
use crate::ghl::auth::Credential;
use crate::ghl::wire::ReqwestTransport;
use crate::ghl::{Client, Error, Kind, Scope, Settings, SystemClock, Written};

/// The loads of these tests send nothing.
fn scope() -> Scope {
    let settings = Settings {
        base_url: "https://highlevel.example".parse().unwrap(),
        credential: Credential::Token("pit-1".into()),
        location: Some("loc".parse().unwrap()),
        dialect: None,
        clock: Arc::new(SystemClock::default()),
        transport: Arc::new(ReqwestTransport::default()),
        deadline: Duration::from_secs(45),
    };
    Client::new(settings).scope(CancellationToken::new())
}

fn failure() -> Error {
    Error::new(Kind::Lost, Written::No)
}

#[tokio::test]
async fn a_value_is_loaded_again_only_when_its_time_is_over() {
    let (cache, scope) = (Cached::default(), scope());
    let get = async |now, value: u8| {
        *cache.get(&scope, Duration::from_secs(now), |_| async move { Ok(value) }).await.unwrap()
    };
    assert_eq!((get(0, 1).await, get(599, 2).await, get(600, 3).await), (1, 1, 3));
    let fresh = |now| cache.fresh(Duration::from_secs(now)).as_deref().copied();
    assert_eq!((fresh(1_199), fresh(1_200)), (Some(3), None));
    assert_eq!(cache.last().as_deref(), Some(&3));
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let (cache, scope) = (Cached::<u8>::default(), scope());
    assert!(cache.get(&scope, Duration::ZERO, |_| async { Err(failure()) }).await.is_err());
    assert_eq!(*cache.get(&scope, Duration::ZERO, |_| async { Ok(5) }).await.unwrap(), 5);
}

/// Fifty callers at once, of which the first goes away before the load ends.
async fn fifty_callers(goes_away: impl FnOnce(&Scope, &tokio::task::JoinHandle<()>)) {
    let cache = Arc::new(Cached::<u8>::default());
    let (loads, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let caller = |scope: Scope| {
        let (cache, loads, gate) = (Arc::clone(&cache), Arc::clone(&loads), Arc::clone(&gate));
        async move {
            let load = |scope: Scope| async move {
                loads.fetch_add(1, Ordering::Relaxed);
                let _open = gate.acquire().await;
                // Fails where the load ends with the call that began it.
                scope.context().check()?;
                Ok(7)
            };
            cache.get(&scope, Duration::ZERO, load).await
        }
    };
    let first = scope();
    let first_call = {
        let call = caller(first.clone());
        tokio::spawn(async move { drop(call.await) })
    };
    yield_now().await;
    let others: Vec<_> = (1..50).map(|_| tokio::spawn(caller(scope()))).collect();
    yield_now().await;

    goes_away(&first, &first_call);
    let _ = first_call.await;
    gate.add_permits(1);
    for answer in join_all(others).await {
        assert_eq!(*answer.unwrap().unwrap(), 7);
    }
    assert_eq!(loads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn fifty_callers_share_one_load_although_the_first_is_cancelled() {
    fifty_callers(|scope, _| scope.cancel().cancel()).await;
}

#[tokio::test]
async fn fifty_callers_share_one_load_although_the_first_is_dropped() {
    fifty_callers(|_, call| call.abort()).await;
}

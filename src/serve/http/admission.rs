//! Which connections may be open. Connections that have shown no valid token cannot keep out one that shows it: their
//! number is limited, in all and for each address, and a new one takes the place of an old one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The open connections. A clone is another handle to the same connections.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Mutex<Table>>);

struct Table {
    max: usize,
    next: u64,
    /// In the order in which they were admitted.
    open: BTreeMap<u64, Open>,
}

struct Open {
    network: IpAddr,
    authenticated: bool,
    closed: CancellationToken,
}

/// An open connection. Its drop makes space for another.
pub(crate) struct Admission {
    id: u64,
    connections: Connections,
    /// Fires when the connection has to give its place to a new one.
    pub(crate) closed: CancellationToken,
}

impl Connections {
    pub(crate) fn new(max: usize) -> Self {
        Self(Arc::new(Mutex::new(Table { max, next: 0, open: BTreeMap::new() })))
    }

    /// Admits a connection from `peer`. It may take the place of the oldest connection without a valid token: of the same
    /// network if that one has its share, or else of the network that has the most. None if there is no space: every open
    /// connection has shown a valid token.
    pub(crate) fn admit(&self, peer: IpAddr) -> Option<Admission> {
        let network = network(peer);
        let mut table = self.lock();
        table.make_space(network)?;
        let id = table.next;
        table.next += 1;
        let closed = CancellationToken::new();
        table.open.insert(id, Open { network, authenticated: false, closed: closed.clone() });
        Some(Admission { id, connections: self.clone(), closed })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Closes a connection if that is needed for a new one from `network`.
    fn make_space(&mut self, network: IpAddr) -> Option<()> {
        // A quarter of the connections is kept for clients with a token.
        let most = (self.max - self.max / 4).max(1);
        let share = (self.max / 4).max(1);
        // The number of each network's connections, and its oldest one.
        let mut networks = HashMap::<IpAddr, (usize, u64)>::new();
        for (id, open) in self.open.iter().filter(|(_, open)| !open.authenticated) {
            networks.entry(open.network).or_insert((0, *id)).0 += 1;
        }
        if networks.get(&network).is_some_and(|(count, _)| *count >= share) {
            return self.close_oldest_of(network);
        }
        if self.open.len() < self.max && networks.values().map(|(count, _)| count).sum::<usize>() < most {
            return Some(());
        }
        // Of networks with as many connections, the one with the oldest gives way.
        let (largest, _) =
            networks.into_iter().max_by_key(|(_, (count, oldest))| (*count, Reverse(*oldest)))?;
        self.close_oldest_of(largest)
    }

    fn close_oldest_of(&mut self, network: IpAddr) -> Option<()> {
        let is_oldest = |(_, open): &(&u64, &Open)| !open.authenticated && open.network == network;
        let id = *self.open.iter().find(is_oldest)?.0;
        self.open.remove(&id)?.closed.cancel();
        Some(())
    }
}

impl Admission {
    /// Notes that the client has shown a valid token: the connection then counts for no share, and keeps its place.
    /// Returns false if it has lost its place already. Then its request must not be carried out.
    pub(crate) fn authenticate(&self) -> bool {
        match self.connections.lock().open.get_mut(&self.id) {
            Some(open) => {
                open.authenticated = true;
                true
            }
            None => false,
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.connections.lock().open.remove(&self.id);
    }
}

/// The addresses that one client may have: for IPv6 those of a /64, which is what one customer of a provider gets.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests;

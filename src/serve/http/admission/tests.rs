use std::net::IpAddr;

use crate::serve::http::admission::{Admission, Connections};

fn admit(connections: &Connections, peer: &str) -> Option<Admission> {
    connections.admit(peer.parse::<IpAddr>().unwrap())
}

fn open(admissions: &[Admission]) -> Vec<bool> {
    admissions.iter().map(|admission| !admission.closed.is_cancelled()).collect()
}

#[test]
fn an_address_above_its_share_closes_its_own_oldest_connection() {
    let connections = Connections::new(8);
    let other = admit(&connections, "192.0.2.2").unwrap();
    let of_one: Vec<_> = (0..5).map(|_| admit(&connections, "192.0.2.1").unwrap()).collect();
    assert_eq!(open(&of_one), [false, false, false, true, true]);
    assert!(!other.closed.is_cancelled());
}

#[test]
fn the_addresses_of_an_ipv6_network_have_one_share() {
    let connections = Connections::new(8);
    let peers = ["2001:db8::1", "2001:db8::2:1", "2001:db8:0:0:ffff::", "2001:db8:0:1::1"];
    let admitted: Vec<_> = peers.iter().map(|peer| admit(&connections, peer).unwrap()).collect();
    assert_eq!(open(&admitted), [false, true, true, true]);
    let mapped = ["192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.1"];
    let mapped: Vec<_> = mapped.iter().map(|peer| admit(&connections, peer).unwrap()).collect();
    assert_eq!(open(&mapped), [false, true, true]);
}

#[test]
fn many_addresses_leave_a_quarter_for_clients_with_a_token() {
    let connections = Connections::new(8);
    let flood: Vec<_> = (0..100).map(|at| admit(&connections, &format!("192.0.2.{at}")).unwrap()).collect();
    assert_eq!(open(&flood).iter().filter(|open| **open).count(), 6);
}

#[test]
fn the_network_with_the_most_connections_gives_way_first() {
    let connections = Connections::new(8);
    let slow = admit(&connections, "198.51.100.1").unwrap();
    let flood = ["1", "2", "1", "2", "3", "4", "5"];
    let flood: Vec<_> =
        flood.iter().map(|at| admit(&connections, &format!("192.0.2.{at}")).unwrap()).collect();
    assert_eq!(
        (slow.closed.is_cancelled(), open(&flood)),
        (false, vec![false, false, true, true, true, true, true])
    );
    let more = admit(&connections, "192.0.2.6").unwrap();
    assert!(slow.closed.is_cancelled() && !more.closed.is_cancelled(), "all have one: the oldest gives way");
}

#[test]
fn a_connection_with_a_token_keeps_its_place_and_counts_for_no_share() {
    let connections = Connections::new(8);
    let proxied: Vec<_> = (0..8).map(|_| admit(&connections, "127.0.0.1").unwrap()).collect::<Vec<_>>();
    let kept: Vec<_> = proxied.iter().filter(|one| one.authenticate()).collect();
    assert_eq!(kept.len(), 2, "the share of an address without a token");
    let mut clients = Vec::new();
    for _ in 0..6 {
        let client = admit(&connections, "127.0.0.1").unwrap();
        assert!(client.authenticate());
        clients.push(client);
    }
    assert!(admit(&connections, "127.0.0.1").is_none(), "all places have clients with a token");
    drop(clients.pop());
    let last = admit(&connections, "203.0.113.9").unwrap();
    let next = admit(&connections, "203.0.113.10").unwrap();
    assert!(last.closed.is_cancelled() && !last.authenticate(), "it lost its place before it showed a token");
    assert!(next.authenticate());
    assert!(open(&clients).iter().all(|open| *open));
}

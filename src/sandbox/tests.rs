//! The sandbox over the wire, quirk by quirk.

mod anything;
mod client;
mod faults;
mod gate;
mod read;
mod recipes;
mod search;
mod write;

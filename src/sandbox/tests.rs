//! Tests of the sandbox over HTTP.

mod arbitrary_bodies;
mod client;
mod faults;
mod gate;
mod read;
mod recipes;
mod search;
mod write;

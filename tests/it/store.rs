//! Several processes with one store: one quota, one contact for each person.
//!
//! The store is a real Redis server, which each spec starts for itself. Where there is none the specs say so and pass.

mod intents;
mod locks;
mod outage;
mod quota;
mod rolling;
mod scripts;
mod settings;
mod simulation;
pub mod world;

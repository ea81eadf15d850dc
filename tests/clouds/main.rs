//! Whole stacks over the wire: the real binary against the sandbox, looked at through the cloud's own interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod buckets;
mod chain;
mod cloudflare;
mod commands;
mod databases;
mod edge;
mod examples;
mod faults;
mod fields;
mod foreign;
mod hooks;
mod https;
mod inventory;
mod kills;
mod lab;
mod laws;
mod leaks;
mod migrations;
mod reads;
mod releases;
mod routes;
mod rules;
mod secrets;
mod upstash;

//! Real programs, each doing with the module what its users do: one file per client.
//!
//! A check is a name and a function over a fresh [`Testbed`]. It asserts on what the server saw and on the card's
//! own transcript, not only on what the program claims. A program that cannot be had here is reported as skipped,
//! by name, and never counted as passed.

mod apache;
mod bench_counts;
pub mod browsers;
mod check;
mod cns_command;
pub mod cns_snapshots;
mod cns_terminal;
mod concurrent_clients;
pub mod concurrent_programs;
mod curl;
pub mod demonstrations;
mod documented_commands;
mod eap_tls;
mod examples;
mod gnutls;
mod go;
mod gpgsm;
mod java;
mod kerberos;
mod killed_client;
mod list;
mod nginx;
mod nginx_proxy;
mod node;
mod nss;
mod nss_documents;
mod opensc_module;
mod openssh;
mod openssl;
mod openvpn;
mod p11_kit;
mod pin_guard;
mod pin_pad;
mod pinentry;
mod pkcs11_tool;
mod practice;
mod pyhanko;
mod python;
mod raw_apdu;
mod registries;
mod removal_and_reset;
mod run;
mod stunnel;
pub mod terminal;
mod transport;

pub use list::{install, prepare, titles, wishes};
pub use run::{ClientOptions, module, run, run_inside};

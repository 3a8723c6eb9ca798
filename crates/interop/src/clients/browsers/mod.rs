//! Browsers, as a person uses them: a screen, keys, the certificate chooser, the PIN prompt.

mod apache;
mod apache_server;
mod bad_input;
pub mod chromium;
pub mod cns_setup;
pub mod firefox;
mod marionette;
mod pcscd_restart;
mod portal_visits;
mod profile;
pub mod scenarios;
mod two_browsers;

use super::check::Client;

/// What shows a window, types into it and looks at it.
macro_rules! with_a_screen {
    ($($package:literal),*) => {
        &[$($package,)* "libnss3-tools", "xvfb", "openbox", "xdotool", "imagemagick", "tesseract-ocr", "fonts-dejavu-core"]
    };
}

/// What shows a window of a browser that is somewhere else, types into it and looks at it.
pub const SCREEN: &[&str] = with_a_screen!();

pub use profile::{chromium_home, nss_database};

pub const CLIENTS: &[Client] = &[
    Client {
        name: "Firefox",
        programs: &["firefox-esr"],
        packages: with_a_screen!("firefox-esr", "apache2", "pcsc-tools"),
        checks: || {
            [
                firefox::checks(),
                pcscd_restart::checks(),
                cns_setup::with_firefox(),
                apache::with_firefox(),
                portal_visits::inps(),
                bad_input::firefox(),
            ]
            .concat()
        },
    },
    Client {
        name: "Chromium",
        programs: &["chromium"],
        packages: with_a_screen!("chromium", "apache2", "pcsc-tools"),
        checks: || {
            [
                chromium::checks(),
                cns_setup::with_chromium(),
                apache::with_chromium(),
                portal_visits::health_record(),
                bad_input::chromium(),
            ]
            .concat()
        },
    },
    Client {
        name: "Firefox and Chromium at once",
        programs: &["firefox-esr", "chromium"],
        packages: with_a_screen!("firefox-esr", "chromium", "pcsc-tools"),
        checks: two_browsers::checks,
    },
    Client {
        name: "Apache as CNS reference server",
        programs: &["apache2", "curl"],
        packages: &["apache2", "curl", "libengine-pkcs11-openssl"],
        checks: apache::with_curl,
    },
];

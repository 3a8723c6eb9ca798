//! `cargo xtask test --on SUITE`: a short set of real programs as another release of Debian has them, and the package there.

use std::process::Command;

use anyhow::{Result, bail};

use crate::package;
use interop::debian_root;
use interop::report::{Report, StepOutcome};
use interop::{clients, programs};

/// What begins the names of the checks: one or two kinds of card are enough, for the cards are not what is other there.
const SHORT: &[&str] = &[
    "pkcs11-tool: lists without a PIN [st2021]",
    "pkcs11-tool: self-test after login [st2021]",
    "pkcs11-tool: card pulled and put back [st2021]",
    "pkcs11-tool: threads [st2021]",
    "pkcs11-tool: fork [st2021]",
    "pkcs11-tool: a wrong PIN, then the right one [st2021]",
    "openssl s_client: logs in with TLS 1.2 [idemia2021]",
    "openssl s_client: logs in with TLS 1.3 [st2021]",
    "openssl s_client, provider: logs in with TLS 1.3 [st2021]",
    "openssl dgst -sign: verified with the certificate [st2021]",
    "openssl with the file of cns setup: signs [st2021]",
    "curl: logs in with TLS 1.3 [st2021]",
    "curl, provider: logs in with TLS 1.3 [st2021]",
    "openssl dgst -sign, provider: verified with the certificate [st2021]",
    "nginx with provider, the card as its key: two forked workers sign [st2021]",
    "nginx with provider, as TLS client: logs in for curl [st2021]",
    "stunnel: logs in for curl, which speaks plain HTTP to it, TLS 1.2 and 1.3 [st2021]",
    "wpa_supplicant: EAP-TLS, let in by hostapd's RADIUS server [st2021]",
    "Kerberos kinit: a ticket for the card (PKINIT) [st2021]",
    "gpgsm: learns the card, signs, verified by openssl too [st2021]",
    "gnutls-cli: logs in with TLS 1.2 [idemia2021]",
    "gnutls-cli: logs in with TLS 1.3 [st2021]",
    "p11tool: lists, and signs a test [st2021]",
    "p11-kit: registered by a .module file, signs through p11-kit-proxy [st2021]",
    "p11-kit server: lists and signs from the other side [st2021]",
    "OpenSSH ssh -I: logs in [st2021]",
    "OpenSSH ssh-add -s: two logins, another program in between [st2021]",
    "NSS tstclnt: logs in with TLS 1.3 [st2021]",
    "pdfsig: a PDF signed and verified [st2021]",
    "cns: logs in with TLS 1.3 [st2021]",
    "many programs: four at once on one card [st2021]",
    "many programs: ten at once list, log in, sign and log out [st2021]",
    "two users on one card",
    "transport: its own test",
    "cns setup firefox: the profile's Firefox",
    "cns setup chrome: Chromium logs in, --remove",
];

/// The step of `cargo xtask test`: the release that this machine is not.
pub fn step_of_test(report: &mut Report) {
    match debian_root::other_release() {
        Ok(Some(suite)) => steps(report, suite, false),
        other => report.step("the other Debian", || match other {
            Err(error) => Err(error),
            _ => Ok(StepOutcome::Skipped("this machine is neither a Debian 12 nor a Debian 13".into())),
        }),
    }
}

/// The steps on the release `suite`. That it cannot be had is a failure where it was `asked` for.
pub fn steps(report: &mut Report, suite: &str, asked: bool) {
    let filter: Vec<String> = SHORT.iter().map(|&text| text.to_owned()).collect();
    let mut usable = false;
    report.step(&format!("Debian {suite} in a folder"), || {
        let wishes = [clients::wishes(&filter), package::wishes()].concat();
        Ok(match debian_root::for_clients(suite, &wishes)? {
            Ok(root) => {
                usable = true;
                StepOutcome::Passed(root.folder().display().to_string())
            }
            Err(reason) if asked => bail!(reason),
            Err(reason) => StepOutcome::Skipped(reason),
        })
    });
    let mut step = |name: String, arguments: &[&str]| {
        report.step(&name, || match usable {
            true => run(&[arguments, &["--on", suite]].concat()),
            false => Ok(StepOutcome::Skipped(format!("there is no {suite} here: see above"))),
        });
    };
    step(format!("real programs of {suite} with a virtual card"), &[&["clients"], SHORT].concat());
    step(format!("the package on {suite}, installed, used and removed"), &["package", "--test"]);
}

/// Commands of their own: each makes a sandbox.
fn run(arguments: &[&str]) -> Result<StepOutcome> {
    let status = programs::status(Command::new(programs::own_executable()?).args(arguments))?;
    match status.success() {
        true => Ok(().into()),
        false => bail!("see above (run it alone: {} {})", programs::own_command(), arguments.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_of_the_short_set_is_of_a_check() {
        let titles = clients::titles();
        for text in SHORT {
            assert!(titles.iter().any(|title| title.contains(text)), "{text}");
        }
    }
}

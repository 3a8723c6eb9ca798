//! Two ordinary users of one machine, each with programs on the same card: whatever one of them does, the other's login
//! stays, and after the last logout, or a dead user's next program, nobody signs.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use fs_err as fs;

use super::program::{CClient, CClientProgram};
use crate::clients::check::{Check, on_each, pass};
use crate::clients::raw_apdu::{REFUSED, SIGNED, sign_without_pin};
use crate::process::InteractiveProcess;
use crate::report::StepOutcome;
use crate::testbed::{Testbed, card};

/// Numbers that nobody has; names are not needed.
const FIRST: u32 = 12345;
const SECOND: u32 = 12346;

pub fn checks() -> Vec<Check> {
    on_each(
        &[card::DEFAULT],
        "two users on one card: each keeps its login, nobody signs after both",
        two_users,
    )
}

/// What both users can reach.
struct UserFolders<'s> {
    program: CClientProgram<'s>,
    module: PathBuf,
}

fn two_users(testbed: &mut Testbed) -> Result<StepOutcome> {
    let folders = match UserFolders::open_to_all(testbed)? {
        Ok(folders) => folders,
        Err(why) => return Ok(StepOutcome::Skipped(why)),
    };
    let testbed = &*testbed;
    let tries = testbed.card.pin_tries_left();
    let mut logins = beside_a_login(testbed, &folders)?;
    logins += one_after_the_other(testbed, &folders)?;
    logins += after_a_death(testbed, &folders)?;
    let verifies = testbed.card.verify_count();
    ensure!(verifies == logins, "{verifies} VERIFYs for {logins} logins");
    ensure!(testbed.card.pin_tries_left() == tries, "a PIN try was lost");
    pass(format!(
        "listed, logged out, crashed and listed again beside a login, which stayed; {logins} logins with one VERIFY each; \
         a stranger gets {REFUSED} after each last one"
    ))
}

/// The second user comes and goes in every way while the first is logged in.
fn beside_a_login(testbed: &Testbed, folders: &UserFolders<'_>) -> Result<usize> {
    let mut first = folders.logged_in(testbed, FIRST)?;
    ensure!(sign_without_pin(testbed)? == SIGNED, "the key is not open, so that this would show nothing");
    let mut still_signs = |after: &str| match first.step("sign")?.succeed() {
        Ok(_) => Ok(()),
        Err(error) => Err(error.context(format!("the first user, after the second one's program {after}"))),
    };

    let mut listing = folders.program(SECOND)?;
    listing.step("list")?.succeed()?;
    still_signs("listed")?;
    listing.step("finalize")?.succeed()?;
    still_signs("listed and ended")?;

    let mut polite = folders.logged_in(testbed, SECOND)?;
    still_signs("logged in")?;
    polite.step("logout")?.succeed()?;
    still_signs("logged out")?;
    polite.step("finalize")?.succeed()?;

    folders.logged_in(testbed, SECOND)?.kill();
    still_signs("was killed while logged in")?;
    let mut next = folders.program(SECOND)?;
    next.step("list")?.succeed()?;
    still_signs("listed after that")?;
    next.step("finalize")?.succeed()?;

    first.step("logout")?.succeed()?;
    refuses(testbed, "the first user's logout, all others having gone")?;
    Ok(3)
}

/// Both are logged in; the one who came first leaves first.
fn one_after_the_other(testbed: &Testbed, folders: &UserFolders<'_>) -> Result<usize> {
    let mut first = folders.logged_in(testbed, FIRST)?;
    let mut second = folders.logged_in(testbed, SECOND)?;
    first.step("logout")?.succeed()?;
    second.step("sign")?.succeed()?;
    second.step("close")?.succeed()?;
    refuses(testbed, "both users' logouts")?;
    Ok(2)
}

/// A program dies while its user is logged in: the user's next program resets the card as soon as it lists, but not under
/// the other user's login.
fn after_a_death(testbed: &Testbed, folders: &UserFolders<'_>) -> Result<usize> {
    folders.logged_in(testbed, FIRST)?.kill();
    ensure!(sign_without_pin(testbed)? == SIGNED, "the key is not open, so that this would show nothing");
    let mut next = folders.program(FIRST)?;
    next.step("list")?.succeed()?;
    refuses(testbed, "the first listing after a death")?;

    folders.logged_in(testbed, FIRST)?.kill();
    let mut second = folders.logged_in(testbed, SECOND)?;
    let mut next = folders.program(FIRST)?;
    next.step("list")?.succeed()?;
    second.step("sign")?.succeed()?;
    second.step("finalize")?.succeed()?;
    refuses(testbed, "a death and the other user's logout")?;
    Ok(3)
}

fn refuses(testbed: &Testbed, after: &str) -> Result<()> {
    let answer = sign_without_pin(testbed)?;
    ensure!(answer == REFUSED, "a stranger gets {answer} after {after}");
    Ok(())
}

impl<'s> UserFolders<'s> {
    /// Lets both users in; or why they cannot be here.
    fn open_to_all(testbed: &'s Testbed) -> Result<Result<Self, String>> {
        let client = &testbed.client;
        if !client.private {
            return Ok(Err("only a private sandbox can hold the files of made-up users".into()));
        }
        let program = CClientProgram::new(testbed)?;
        let module = client.file("module.so");
        fs::copy(&client.module, &module)?;
        for user in [FIRST, SECOND] {
            let runtime = Path::new("/run/user").join(user.to_string());
            fs::create_dir_all(&runtime)?;
            if chown(&runtime, Some(user), Some(user)).is_err() {
                return Ok(Err("only root can have two users here".into()));
            }
            fs::set_permissions(&runtime, Permissions::from_mode(0o700))?;
        }
        // The module, the program, and pcscd's socket.
        for folder in ["..", ".", "run", "run/pcscd"] {
            fs::set_permissions(client.file(folder), Permissions::from_mode(0o755))?;
        }
        for file in [&module, &program.program] {
            fs::set_permissions(file, Permissions::from_mode(0o755))?;
        }
        let folders = Self { program, module };
        let mut reach = folders.as_user(FIRST);
        reach.args(["test", "-r"]).arg(&folders.module);
        match client.run(reach)?.succeed() {
            Ok(_) => Ok(Ok(folders)),
            Err(error) => Ok(Err(format!("an ordinary user cannot reach the check's folder: {error}"))),
        }
    }

    /// `setpriv` with its options for an ordinary user; what it runs comes after.
    fn as_user(&self, user: u32) -> Command {
        let mut command = self.program.testbed.client.command("setpriv");
        command.env_remove("HOME").env_remove("CNS_PKCS11_LOG");
        command.env("XDG_RUNTIME_DIR", format!("/run/user/{user}"));
        let id = user.to_string();
        command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--"]);
        command
    }

    fn program(&self, user: u32) -> Result<CClient> {
        let mut command = self.as_user(user);
        command.arg(&self.program.program).arg(&self.module);
        Ok(CClient(InteractiveProcess::start(command)?))
    }

    /// A program of this user that has logged in and signed.
    fn logged_in(&self, testbed: &Testbed, user: u32) -> Result<CClient> {
        let mut visitor = self.program(user)?;
        visitor.step("list")?.succeed()?;
        visitor.step(&format!("login {}", testbed.card.pin()))?.succeed()?;
        visitor.step("sign")?.succeed()?;
        Ok(visitor)
    }
}

//! Two ordinary users of one machine, each with programs on the same card: whatever one of them does, the other's login
//! stays, and after the last logout, or a dead user's next program, nobody signs.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use fs_err as fs;

use super::{Scene, Visitor};
use crate::clients::{Check, on_each, shown};
use crate::process::Dialogue;
use crate::report::Outcome;
use crate::testbed::stranger::{REFUSED, SIGNED, stranger_signs};
use crate::testbed::{Stack, card};

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
struct Place<'s> {
    scene: Scene<'s>,
    module: PathBuf,
}

fn two_users(stack: &mut Stack) -> Result<Outcome> {
    let place = match Place::open_to_all(stack)? {
        Ok(place) => place,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let stack = &*stack;
    let tries = stack.card.pin_tries_left();
    let mut logins = beside_a_login(stack, &place)?;
    logins += one_after_the_other(stack, &place)?;
    logins += after_a_death(stack, &place)?;
    let verifies = stack.card.verify_count();
    ensure!(verifies == logins, "{verifies} VERIFYs for {logins} logins");
    ensure!(stack.card.pin_tries_left() == tries, "a PIN try was lost");
    shown(format!(
        "listed, logged out, crashed and listed again beside a login, which stayed; {logins} logins with one VERIFY each; \
         a stranger gets {REFUSED} after each last one"
    ))
}

/// The second user comes and goes in every way while the first is logged in.
fn beside_a_login(stack: &Stack, place: &Place<'_>) -> Result<usize> {
    let mut first = place.logged_in(stack, FIRST)?;
    ensure!(stranger_signs(stack)? == SIGNED, "the key is not open, so that this would show nothing");
    let mut still_signs = |after: &str| match first.step("sign")?.succeed() {
        Ok(_) => Ok(()),
        Err(error) => Err(error.context(format!("the first user, after the second one's program {after}"))),
    };

    let mut listing = place.visitor(SECOND)?;
    listing.step("list")?.succeed()?;
    still_signs("listed")?;
    listing.step("finalize")?.succeed()?;
    still_signs("listed and ended")?;

    let mut polite = place.logged_in(stack, SECOND)?;
    still_signs("logged in")?;
    polite.step("logout")?.succeed()?;
    still_signs("logged out")?;
    polite.step("finalize")?.succeed()?;

    place.logged_in(stack, SECOND)?.kill();
    still_signs("was killed while logged in")?;
    let mut next = place.visitor(SECOND)?;
    next.step("list")?.succeed()?;
    still_signs("listed after that")?;
    next.step("finalize")?.succeed()?;

    first.step("logout")?.succeed()?;
    refuses(stack, "the first user's logout, all others having gone")?;
    Ok(3)
}

/// Both are logged in; the one who came first leaves first.
fn one_after_the_other(stack: &Stack, place: &Place<'_>) -> Result<usize> {
    let mut first = place.logged_in(stack, FIRST)?;
    let mut second = place.logged_in(stack, SECOND)?;
    first.step("logout")?.succeed()?;
    second.step("sign")?.succeed()?;
    second.step("close")?.succeed()?;
    refuses(stack, "both users' logouts")?;
    Ok(2)
}

/// A program dies while its user is logged in: the user's next program resets the card as soon as it lists, but not under
/// the other user's login.
fn after_a_death(stack: &Stack, place: &Place<'_>) -> Result<usize> {
    place.logged_in(stack, FIRST)?.kill();
    ensure!(stranger_signs(stack)? == SIGNED, "the key is not open, so that this would show nothing");
    let mut next = place.visitor(FIRST)?;
    next.step("list")?.succeed()?;
    refuses(stack, "the first listing after a death")?;

    place.logged_in(stack, FIRST)?.kill();
    let mut second = place.logged_in(stack, SECOND)?;
    let mut next = place.visitor(FIRST)?;
    next.step("list")?.succeed()?;
    second.step("sign")?.succeed()?;
    second.step("finalize")?.succeed()?;
    refuses(stack, "a death and the other user's logout")?;
    Ok(3)
}

fn refuses(stack: &Stack, after: &str) -> Result<()> {
    let answer = stranger_signs(stack)?;
    ensure!(answer == REFUSED, "a stranger gets {answer} after {after}");
    Ok(())
}

impl<'s> Place<'s> {
    /// Lets both users in; or why they cannot be here.
    fn open_to_all(stack: &'s Stack) -> Result<Result<Self, String>> {
        let desk = &stack.desk;
        if !desk.private {
            return Ok(Err("only a private room can hold the files of made-up users".into()));
        }
        let scene = Scene::new(stack)?;
        let module = desk.file("module.so");
        fs::copy(&desk.module, &module)?;
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
            fs::set_permissions(desk.file(folder), Permissions::from_mode(0o755))?;
        }
        for file in [&module, &scene.program] {
            fs::set_permissions(file, Permissions::from_mode(0o755))?;
        }
        let place = Self { scene, module };
        let mut reach = place.as_user(FIRST);
        reach.args(["test", "-r"]).arg(&place.module);
        match desk.run(reach)?.succeed() {
            Ok(_) => Ok(Ok(place)),
            Err(error) => Ok(Err(format!("an ordinary user cannot reach the check's folder: {error}"))),
        }
    }

    /// `setpriv` with its options for an ordinary user; what it runs comes after.
    fn as_user(&self, user: u32) -> Command {
        let mut command = self.scene.stack.desk.client("setpriv");
        command.env_remove("HOME").env_remove("CNS_PKCS11_LOG");
        command.env("XDG_RUNTIME_DIR", format!("/run/user/{user}"));
        let id = user.to_string();
        command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "--"]);
        command
    }

    fn visitor(&self, user: u32) -> Result<Visitor> {
        let mut command = self.as_user(user);
        command.arg(&self.scene.program).arg(&self.module);
        Ok(Visitor(Dialogue::start(command)?))
    }

    /// A program of this user that has logged in and signed.
    fn logged_in(&self, stack: &Stack, user: u32) -> Result<Visitor> {
        let mut visitor = self.visitor(user)?;
        visitor.step("list")?.succeed()?;
        visitor.step(&format!("login {}", stack.card.pin()))?.succeed()?;
        visitor.step("sign")?.succeed()?;
        Ok(visitor)
    }
}

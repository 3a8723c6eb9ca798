//! Owners, modes and locks of Unix.

mod attributes;

use std::fs::{DirBuilder, File, Metadata, Permissions};
use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{
    DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{FlockOperation, Gid, OFlags, Uid, fchown, fcntl_lock, flock};
use rustix::io::{Errno, ioctl_fionbio};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, connect, socket};

use super::SocketState;

/// Who asks; 0 is the administrator.
pub(crate) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The language that is set elsewhere than in variables.
pub(crate) fn locale() -> Option<String> {
    None
}

/// Whose file it is, where files have owners.
pub(crate) fn owner(metadata: &Metadata) -> Option<u32> {
    Some(metadata.uid())
}

/// Gives a new file what the one at `old` has, which it is to replace: owner, group, mode, extended attributes, and the
/// access list among them. The owner must be kept; a group that cannot be given away is not, and then nobody gets
/// rights that he had not before.
pub(crate) fn keep_metadata(new: &File, old: &Path, before: &Metadata) -> io::Result<()> {
    let now = new.metadata()?;
    if now.uid() != before.uid() {
        fchown(new, Some(Uid::from_raw(before.uid())), None)?;
    }
    let group_kept =
        now.gid() == before.gid() || fchown(new, None, Some(Gid::from_raw(before.gid()))).is_ok();
    attributes::drop_inherited(new)?;
    let mode = before.permissions().mode() & 0o7777;
    // The group bits of a file with an access list are that list's mask: as a mode they would be the group's.
    let mode = if attributes::has_access_list(old)? { mode & !0o070 } else { mode };
    set_mode(new, if group_kept { mode } else { for_another_group(mode) })?;
    attributes::copy(new, old, group_kept)
}

/// A mode under which a file of another group gives nobody more than before: members of either group may do what both
/// the group and everybody else were allowed.
fn for_another_group(mode: u32) -> u32 {
    let both = (mode >> 3) & mode & 0o7;
    mode & 0o1700 | both << 3 | both
}

/// Makes the last change in a folder survive a power cut, where the file system can do that.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// How many names the file has.
pub(crate) fn names(metadata: &Metadata) -> u64 {
    metadata.nlink()
}

/// Whether everybody may read this file, or enter this folder.
pub(crate) fn is_open_to_all(metadata: &Metadata) -> bool {
    let wanted = if metadata.is_dir() { 0o001 } else { 0o004 };
    metadata.mode() & wanted == wanted
}

/// Whether somebody besides root could have put this entry into this folder. Root's own group is root.
pub(crate) fn may_be_anothers(folder: &Metadata, entry: &Metadata) -> bool {
    let group = folder.gid() != 0 && folder.mode() & 0o020 != 0;
    let open = group || folder.mode() & 0o002 != 0;
    // In a folder with the sticky bit, only root replaces root's files.
    let exchangeable = open && (folder.mode() & 0o1000 == 0 || entry.uid() != 0);
    folder.uid() != 0 || exchangeable
}

/// Who may read and write a new file.
pub(crate) fn set_mode(new: &File, mode: u32) -> io::Result<()> {
    new.set_permissions(Permissions::from_mode(mode))
}

/// Makes a folder whose parent is there, with exactly this mode, whatever the umask.
pub(crate) fn make_folder(folder: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().mode(mode).create(folder)?;
    std::fs::set_permissions(folder, Permissions::from_mode(mode))
}

/// Takes the lock file, made if it is not there; it is ours until the file is closed. `None` if another process has it
/// now, or removed it meanwhile.
pub(crate) fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let lock = options.custom_flags(OFlags::NOFOLLOW.bits() as i32).open(path)?;
    match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK | Errno::INTR) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    // The process that had it before may have removed the file while we had it open.
    let (held, named) = (lock.metadata()?, std::fs::symlink_metadata(path));
    let same = named.is_ok_and(|named| (named.dev(), named.ino()) == (held.dev(), held.ino()));
    Ok(same.then_some(lock))
}

/// Removes a lock file that is held.
pub(crate) fn remove_lock(path: &Path, lock: File) -> io::Result<()> {
    // Held until it has no name any more, so that no other process takes a lock that goes away.
    let removed = std::fs::remove_file(path);
    drop(lock);
    removed
}

/// Whether another process holds a lock (fcntl) on this file. A file that we may not write is not ours to judge.
pub(crate) fn is_locked(path: &Path) -> bool {
    let Ok(file) = File::options().read(true).write(true).open(path) else { return false };
    match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => false,
        Err(error) => matches!(
            io::Error::from(error).kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::PermissionDenied
        ),
    }
}

/// Device and inode of what has content that can be lost: a file or a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileIdentity {
    device: u64,
    inode: u64,
}

/// What a path leads to.
pub(crate) fn identity(path: &Path) -> Option<FileIdentity> {
    std::fs::metadata(path).ok().as_ref().and_then(of)
}

/// An open file, whatever its name is now.
pub(crate) fn identity_of(file: &File, _: &Path) -> Option<FileIdentity> {
    file.metadata().ok().as_ref().and_then(of)
}

/// Where the standard output goes.
pub(crate) fn identity_of_output() -> Option<FileIdentity> {
    let output = std::io::stdout().as_fd().try_clone_to_owned().ok()?;
    File::from(output).metadata().ok().as_ref().and_then(of)
}

fn of(metadata: &Metadata) -> Option<FileIdentity> {
    let kind = metadata.file_type();
    let can_be_lost = kind.is_file() || kind.is_block_device();
    can_be_lost.then(|| FileIdentity { device: metadata.dev(), inode: metadata.ino() })
}

/// Whether a link, by its own metadata, may be followed to a place to write. A link of somebody else's leads where they
/// want; the administrator's (`/dev/stderr`) is followed where no other user can make one like it. Linux has this rule for
/// folders with the sticky bit (`fs.protected_symlinks`).
pub(crate) fn may_follow(link: &Metadata, folder: &Path) -> bool {
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    let others = || std::fs::metadata(folder).map_or(true, |folder| folder.mode() & WRITABLE_BY_OTHERS != 0);
    link.uid() == user() || link.uid() == 0 && !others()
}

/// What the standard input is read from.
pub(crate) fn identity_of_input() -> Option<FileIdentity> {
    let input = std::io::stdin().as_fd().try_clone_to_owned().ok()?;
    File::from(input).metadata().ok().as_ref().and_then(of)
}

/// How long a service that turns a user away may take to hang up; one that does not waits for a message.
const HANG_UP: Duration = Duration::from_millis(500);

/// Whether something listens at a socket of the file system.
pub(crate) fn socket_state(path: &Path) -> SocketState {
    let attempt = || {
        let socket = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
        ioctl_fionbio(&socket, true)?;
        connect(&socket, &SocketAddrUnix::new(path)?)?;
        Ok(UnixStream::from(socket))
    };
    match attempt() {
        Ok(stream) if hangs_up(&stream) => SocketState::HangsUp,
        Ok(_) => SocketState::Accepts,
        Err(Errno::AGAIN) => SocketState::Full,
        Err(Errno::ACCESS | Errno::PERM) => SocketState::Forbidden,
        Err(_) => SocketState::Absent,
    }
}

fn hangs_up(mut stream: &UnixStream) -> bool {
    let waits = stream.set_nonblocking(false).and_then(|()| stream.set_read_timeout(Some(HANG_UP)));
    let end = waits.and_then(|()| stream.read(&mut [0]));
    end.map_or_else(|error| error.kind() == io::ErrorKind::ConnectionReset, |read| read == 0)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use rustix::net::{bind, listen};

    use super::*;

    #[test]
    fn sockets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("comm");
        assert_eq!(socket_state(&path), SocketState::Absent);
        assert_eq!(
            socket_state(&folder.path().join("x".repeat(200))),
            SocketState::Absent,
            "a name too long"
        );
        let listener = socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
        bind(&listener, &SocketAddrUnix::new(&path).unwrap()).unwrap();
        assert_eq!(socket_state(&path), SocketState::Absent, "nothing listens");
        listen(&listener, 0).unwrap();
        assert_eq!(socket_state(&path), SocketState::Accepts);
        let _waiting: Vec<_> = (0..8).map(|_| waiting(&path)).collect();
        assert_eq!(socket_state(&path), SocketState::Full);
        std::fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
        // Root may connect all the same.
        let expected = if user() == 0 { SocketState::Full } else { SocketState::Forbidden };
        assert_eq!(socket_state(&path), expected);
    }

    /// A client that nothing has accepted yet.
    fn waiting(path: &Path) -> std::os::fd::OwnedFd {
        let client = socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
        ioctl_fionbio(&client, true).unwrap();
        let _ = connect(&client, &SocketAddrUnix::new(path).unwrap());
        client
    }
}

//! What a report leaves out: whose computer it is. Homes become `~`, names of users and serial numbers of readers go.

use std::fs;
use std::path::Path;

use crate::host::Host;

/// In the place of a user's name.
const USER: &str = "USER";
/// Where homes are; the name comes next. JSON has each `\` twice.
const ABOVE_HOMES: [&str; 5] = ["/var/home/", "/home/", "/Users/", "\\\\Users\\\\", "\\Users\\"];
/// Numbers of people among users (`UID_MIN` and `UID_MAX` of shadow's login.defs).
const PEOPLE: std::ops::Range<u32> = 1000..60001;
/// `root` names no person.
const ADMINISTRATOR: &str = "root";

/// The text without them.
pub(crate) fn redact(text: &str, host: &Host) -> String {
    let people = People::of(host);
    let lines = text.split('\n').map(|line| {
        let line = people.homes.iter().fold(line.to_owned(), |line, home| without_home(&line, home));
        let line = without_usual_homes(&line);
        people.names.iter().fold(line, |line, name| without_name(&line, name))
    });
    without_serial_numbers(&lines.collect::<Vec<_>>().join("\n"))
}

/// Who uses the computer: homes, the longest first, and names.
struct People {
    homes: Vec<String>,
    names: Vec<String>,
}

impl People {
    fn of(host: &Host) -> Self {
        let mut homes = vec!["/root".to_owned()];
        let mut names = Vec::new();
        let users = fs::read_to_string(host.at("/etc/passwd")).unwrap_or_default();
        for user in users.lines() {
            // passwd(5): name, password, number, group, comment, home, shell.
            let fields: Vec<&str> = user.split(':').collect();
            let [name, _, number, _, _, home, ..] = fields[..] else { continue };
            if number.parse().is_ok_and(|number| PEOPLE.contains(&number)) {
                homes.push(home.to_owned());
                names.push(name.to_owned());
            }
        }
        if let Some(home) = host.home() {
            let inside = host.inside(&home);
            let last = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
            names.extend(last(&inside));
            homes.extend([home, inside].map(|home| home.display().to_string()));
        }
        for variable in ["USER", "LOGNAME", "SUDO_USER", "USERNAME"] {
            names.extend(host.system.variable(variable).map(|name| name.to_string_lossy().into_owned()));
        }
        let in_json: Vec<String> = homes.iter().map(|home| home.replace('\\', "\\\\")).collect();
        homes.extend(in_json);
        homes.retain(|home| home.trim_matches(['/', '\\']).len() > 1);
        names.retain(|name| !name.is_empty() && name != ADMINISTRATOR);
        homes.sort_by_key(|home| std::cmp::Reverse(home.len()));
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.dedup();
        Self { homes, names }
    }
}

/// A home at the beginning of a path.
fn without_home(line: &str, home: &str) -> String {
    let home = home.trim_end_matches(['/', '\\']);
    replace(line, home, |before, after| !is_of_a_path(before) && !is_of_a_name(after), "~")
}

/// Homes of whomever, where the system has them.
fn without_usual_homes(line: &str) -> String {
    let mut clean = String::new();
    let mut rest = line;
    loop {
        let found = ABOVE_HOMES.iter().filter_map(|above| Some((rest.find(above)?, *above)));
        let Some((at, above)) = found.min_by_key(|(at, _)| *at) else { return clean + rest };
        let (before, from) = rest.split_at(at);
        let name = &from[above.len()..];
        // Windows has blanks in names; there a home is followed by more of the path.
        let ends = |letter: char| letter != '.' && !is_of_a_name(Some(letter));
        let end = match above.starts_with('\\') {
            true => name.find('\\').or_else(|| name.find(ends)),
            false => name.find(ends),
        };
        let name_length = name[..end.unwrap_or(name.len())].trim_end_matches('.').len();
        let after = &name[name_length..];
        let drive = before.len().checked_sub(2).and_then(|start| before.get(start..));
        let drive = drive.filter(|drive| above.starts_with('\\') && drive.ends_with(':'));
        let begin = before.strip_suffix(drive.unwrap_or_default()).unwrap_or(before);
        if is_of_a_path(begin.chars().next_back()) {
            clean += &format!("{before}{above}{USER}");
        } else {
            clean += &format!("{begin}~");
        }
        rest = after;
    }
}

/// A name as a part of a path, or of a word with a path in it: elsewhere it may be any word.
fn without_name(line: &str, name: &str) -> String {
    let words = line.split(' ').map(|word| match word.contains(['/', '\\', '@', '~']) {
        true => replace(word, name, |before, after| !is_of_a_name(before) && !is_of_a_name(after), USER),
        false => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// With `new` for each `old` between such neighbours.
fn replace(text: &str, old: &str, fits: impl Fn(Option<char>, Option<char>) -> bool, new: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (before, from) = rest.split_at(at);
        let after = &from[old.len()..];
        let last = before.chars().next_back().or_else(|| clean.chars().next_back());
        clean += before;
        clean += if fits(last, after.chars().next()) { new } else { old };
        rest = after;
    }
    clean + rest
}

fn is_of_a_name(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| letter.is_alphanumeric() || ['_', '-'].contains(&letter))
}

fn is_of_a_path(letter: Option<char>) -> bool {
    is_of_a_name(letter) || letter.is_some_and(|letter| ['/', '\\', '~'].contains(&letter))
}

/// Reader names contain the serial number in brackets.
fn without_serial_numbers(text: &str) -> String {
    let mut rest = text;
    let mut clean = String::new();
    while let Some(open) = rest.find('(') {
        let (before, from) = rest.split_at(open);
        clean += before;
        let end = from.find(')').map_or(from.len(), |close| close + 1);
        let (bracket, after) = from.split_at(end);
        let inside = bracket.trim_matches(['(', ')']);
        let serial = inside.len() >= 6 && inside.bytes().all(|byte| byte.is_ascii_hexdigit());
        clean += if serial { "(…)" } else { bracket };
        rest = after;
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{OperatingSystem, System};

    fn redact_text(text: &str, variables: &[(&str, &str)], passwd: &str) -> String {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("etc")).unwrap();
        fs::write(root.path().join("etc/passwd"), passwd).unwrap();
        let system = System {
            root: root.path().to_owned(),
            variables: variables.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            program: "/usr/bin/cns".into(),
            operating_system: OperatingSystem::Linux,
        };
        let home = system.variable("HOME").map(PathBuf::from);
        assert!(home.is_none() || Host::of_process(system.clone()).home().is_some());
        redact(text, &Host::of_process(system))
    }

    #[test]
    fn homes_of_whomever() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/usr/sbin:/bin/false\n\
                      carla:x:1004:1004:Carla Verdi,,,:/srv/people/carla:/bin/sh\n";
        let cases = [
            ("at /home/anna/.mozilla, and /home/bruno.", "at ~/.mozilla, and ~."),
            ("(/home/anna)", "(~)"),
            ("\"/root/lib.so\" /rooted", "\"~/lib.so\" /rooted"),
            ("/Users/anna/x /var/home/anna/y", "~/x ~/y"),
            ("C:\\Users\\Anna Bianchi\\AppData\\x.dll", "~\\AppData\\x.dll"),
            (r#""path": "C:\\Users\\Anna Bianchi\\AppData\\x.dll""#, r#""path": "~\\AppData\\x.dll""#),
            ("/srv/people/carla/x /srv/people/carlas", "~/x /srv/people/carlas"),
            ("/media/carla/USB/lib.so /tmp/x-carla/y", "/media/USER/USB/lib.so /tmp/x-carla/y"),
            ("/mnt/old/home/dario/x", "/mnt/old/home/USER/x"),
            ("/usr/lib/libcns_pkcs11.so, card of carla", "/usr/lib/libcns_pkcs11.so, card of carla"),
            ("/usr/sbin/pcscd", "/usr/sbin/pcscd"),
        ];
        for (text, expected) in cases {
            assert_eq!(redact_text(text, &[], passwd), expected);
        }
        let sudo = [("HOME", "/root"), ("SUDO_USER", "bruno"), ("USER", "root")];
        assert_eq!(redact_text("/run/media/bruno/x /root/y", &sudo, ""), "/run/media/USER/x ~/y");
        let own = [("HOME", "/data/h/dora"), ("USER", "dora")];
        assert_eq!(redact_text("/data/h/dora/x dora@host", &own, ""), "~/x USER@host");
    }

    #[test]
    fn serial_numbers_of_readers_are_left_out() {
        let name = "Gemalto PC Twin Reader (70D7E2EE) 00 00 (CCID)";
        assert_eq!(without_serial_numbers(name), "Gemalto PC Twin Reader (…) 00 00 (CCID)");
        assert_eq!(without_serial_numbers("a (b"), "a (b");
    }
}

use super::*;

#[test]
fn a_log_gives_back_and_leaves_no_trace() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("state/cns/setup");
    let file = base.path().join("pkcs11.txt");
    let mut log = BackupLog::open(&folder).unwrap();
    log.record(&file, Some(b"before"), Some(b"before"), (b"after", Vec::new())).unwrap();
    drop(log);

    let mut log = BackupLog::open(&folder).unwrap();
    let entry = log.entry(&file).unwrap().clone();
    assert!(entry.is_as_written(b"after") && !entry.is_as_written(b"after all"));
    assert_eq!(log.original(&entry).unwrap().unwrap(), b"before");
    assert!(log.backup(&file).unwrap().ends_with(backup_name(&file)));
    log.remove(&file).unwrap();
    log.close().unwrap();
    assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
}

#[test]
fn a_log_that_cannot_be_read_is_not_written_over() {
    let base = tempfile::tempdir().unwrap();
    fs::write(base.path().join(FILE), "{").unwrap();
    assert_eq!(BackupLog::open(base.path()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(fs::read(base.path().join(FILE)).unwrap(), b"{");
}

#[test]
fn a_log_in_use_is_waited_for_but_not_for_ever() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("cns/setup");
    let first = BackupLog::open(&folder).unwrap();
    let error = BackupLog::open_within(&folder, Duration::from_millis(100)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    first.close().unwrap();
    BackupLog::open_within(&folder, Duration::ZERO).unwrap().close().unwrap();
    assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
}

#[test]
fn a_command_that_waits_for_a_log_that_is_removed_gets_a_new_one() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("cns/setup");
    let first = BackupLog::open(&folder).unwrap();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            let mut log = BackupLog::open(&folder).unwrap();
            log.record(Path::new("/x"), None, None, (b"x", Vec::new())).unwrap();
            log.close().unwrap();
        });
        sleep(Duration::from_millis(60));
        first.close().unwrap();
        second.join().unwrap();
    });
    assert_eq!(BackupLog::read(&folder).unwrap().paths().count(), 1);
}

#[test]
fn unfinished_files_of_a_killed_run_go_with_the_next_one() {
    let base = tempfile::tempdir().unwrap();
    let kept = Path::new("/somewhere/pkcs11.txt");
    let mut log = BackupLog::open(base.path()).unwrap();
    log.record(kept, Some(b"before"), Some(b"before"), (b"after", Vec::new())).unwrap();
    drop(log);
    for name in ["0123456789abcdef-config", ".cns-setup-abc123"] {
        fs::write(base.path().join(name), "left").unwrap();
    }
    fs::write(base.path().join("note.txt"), "a person's").unwrap();
    drop(BackupLog::open(base.path()).unwrap());
    let mut names: Vec<String> = fs::read_dir(base.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected = vec![FILE.to_owned(), LOCK.to_owned(), "note.txt".to_owned(), backup_name(kept)];
    expected.sort();
    assert_eq!(names, expected);
}

/// Killed while it wrote its list for the first time.
#[test]
fn unfinished_files_go_also_where_there_is_no_list_yet() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("cns/setup");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(".cns-setup-abc123"), "left").unwrap();
    BackupLog::open(&folder).unwrap().close().unwrap();
    assert!(!folder.join(".cns-setup-abc123").exists());
}

/// Without its list it is not known which backups are wanted.
#[test]
fn backups_stay_when_the_list_was_removed() {
    let base = tempfile::tempdir().unwrap();
    let backup = base.path().join("0123456789abcdef-config");
    fs::write(&backup, "a person's only copy").unwrap();
    BackupLog::open(base.path()).unwrap().close().unwrap();
    assert!(backup.exists());
}

#[test]
fn a_log_of_the_first_version_can_be_read() {
    let content = r#"{"folders": [], "entries": {"/x": {"backup": null, "written": "00"}}}"#;
    let content: LogContent = serde_json::from_str(content).unwrap();
    assert!(content.entries.values().all(|entry| entry.changes().count() == 0));
}

/// Each time what the run was about to write was not written.
#[test]
fn what_stands_in_the_file_is_known_after_several_killed_runs() {
    let base = tempfile::tempdir().unwrap();
    let mut log = BackupLog::open(base.path()).unwrap();
    let change = |now: &str| vec![Change::inserted(now.to_owned())];
    let file = Path::new("/x");
    log.record(file, None, None, (b"first", change("first"))).unwrap();
    for next in ["second", "third", "second", "third"] {
        log.record(file, Some(b"first"), None, (next.as_bytes(), change(next))).unwrap();
    }
    let entry = log.entry(file).unwrap().clone();
    assert!(entry.is_as_written(b"first") && entry.is_as_written(b"third"));
    assert_eq!(entry.changes().count(), 2);
    // Of a file that somebody edited nothing is known for sure.
    log.record(file, Some(b"edited"), None, (b"fourth", change("fourth"))).unwrap();
    let changes: Vec<_> = log.entry(file).unwrap().changes().map(|changes| changes[0].now.clone()).collect();
    assert_eq!(changes, ["fourth", "third", "first"]);
}

//! Files, directories, users.

use super::*;
use crate::heap::{Bytevector, View};
use crate::memory::testing::text;

/// A directory of this test's own.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(what: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("vicar-{what}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a scratch directory");
        Scratch(path)
    }
    fn path(&self, s: &mut Session, name: &str) -> Value {
        s.string(self.0.join(name).to_str().expect("UTF-8"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_are_made_asked_and_removed() {
    let (mut s, scratch) = (session(), Scratch::new("files"));
    let (a, b) = (scratch.path(&mut s, "a"), scratch.path(&mut s, "b"));
    let flags = fix((libc::O_CREAT | libc::O_RDWR) as i64);
    let fd = s.call("open", &[a, flags, fix(0o600)]);
    let hello = s.string("hello");
    s.call("pwrite", &[fd, hello, Value::FALSE, fix(3)]);
    assert_eq!(s.call("file-size", &[a]), fix(8));
    let stat = s.values("%stat", &[a]);
    assert_eq!(stat.len(), 15);
    assert_eq!(s.values("%fstat", &[fd]), stat);
    assert_eq!(stat[0], fix((libc::S_IFREG | 0o600) as i64));
    assert_eq!(s.call("S_ISREG", &[stat[0]]), Value::TRUE);
    assert_eq!(s.call("S_ISSOCK", &[stat[0]]), Value::FALSE);
    assert_eq!(s.call("lseek", &[fd, fix(-2), fix(libc::SEEK_END as i64)]), fix(6));
    s.call("ftruncate", &[fd, fix(100)]);
    assert_eq!(s.call("file-size", &[a]), fix(100));
    s.call("close", &[fd]);
    assert_eq!(s.call("symlink", &[a, b]), fix(0));
    assert_eq!(s.call("file-is-symbolic-link?", &[b]), Value::TRUE);
    assert_eq!(s.call("file-is-regular-file?", &[b]), Value::FALSE);
    assert_eq!(s.call("file-is-regular-file?", &[b, Value::TRUE]), Value::TRUE);
    let target = s.call("readlink/string", &[b]);
    assert_eq!(text(target), text(a));
    assert_eq!(s.call("utimes", &[a, fix(1000), fix(500_000), fix(2000), fix(0)]), fix(0));
    assert_eq!(s.call("file-mtime", &[a]), fix(2_000_000_000_000));
    assert_eq!(s.call("file-atime", &[a]), fix(1_000_500_000_000));
    s.call("chmod", &[a, fix(0o444)]);
    assert_eq!(s.call("access", &[a, fix(libc::R_OK as i64)]), Value::TRUE);
    let c = scratch.path(&mut s, "c");
    s.call("rename", &[b, c]);
    assert_eq!(errno(s.condition("file-is-directory?", &[b])), -libc::ENOENT as i64);
    let condition = s.condition("rename", &[b, c]);
    assert_eq!(field(condition, ConditionType::IoFilename), Some(b));
    s.call("unlink", &[c]);
    s.call("remove", &[a]);
    assert_eq!(errno(s.condition("unlink", &[a])), -libc::ENOENT as i64);
}

#[test]
fn directories_are_read_and_closed_by_the_collector() {
    let (mut s, scratch) = (session(), Scratch::new("directories"));
    let deep = scratch.path(&mut s, "x/y/z/");
    s.call("mkdir/parents", &[deep, fix(0o700)]);
    s.call("mkdir/parents", &[deep, fix(0o700)]);
    assert_eq!(s.call("file-is-directory?", &[deep]), Value::TRUE);
    std::fs::write(scratch.0.join("x/file"), "").expect("a file");
    let below = scratch.path(&mut s, "x/file/below");
    assert_eq!(errno(s.condition("mkdir/parents", &[below, fix(0o700)])), -libc::ENOTDIR as i64);
    let x = scratch.path(&mut s, "x");
    let stream = s.call("%opendir", &[x]);
    let mut names = Vec::new();
    loop {
        let name = s.call("%readdir", &[stream]);
        match Bytevector::from_value(name) {
            Some(name) => names.push(String::from_utf8_lossy(name.bytes()).into_owned()),
            None => break,
        }
    }
    names.sort();
    assert_eq!(names, [".", "..", "file", "y"]);
    assert!(s.refused("%readdir", &[stream]).contains("closed"));
    assert!(s.refused("%closedir", &[stream]).contains("closed"));
    // A pointer that is no stream's never reaches the C library.
    let block = s.call("malloc", &[fix(1000)]);
    for name in ["%readdir", "%closedir", "%rewinddir", "%telldir"] {
        assert!(s.refused(name, &[block]).contains("closed"));
    }
    assert_eq!(in_child(&mut session(), collected_streams), 0);
}

/// Whoever owns it with others: its number is soon another file's.
#[test]
fn the_descriptor_of_a_stream_is_closed_once() {
    assert_eq!(in_child(&mut session(), |_| shared_descriptors(&mut everything())), 0);
}

fn shared_descriptors(s: &mut Session) -> i32 {
    let is_open = |s: &mut Session, fd| s.try_call("fcntl", &[fd, fix(libc::F_GETFD.into())]).is_ok();
    let opened = |s: &mut Session, name| {
        let name = s.string(name);
        s.call("open", &[name, fix(libc::O_RDONLY.into()), fix(0)])
    };
    for first in 0..3 {
        let (fd, id) = (opened(s, "/"), s.string("root"));
        let port = s.call("make-binary-file-descriptor-input-port", &[fd, id]);
        let streams = [s.call("%fdopendir", &[fd]), s.call("%fdopendir", &[fd])];
        match first {
            0 => s.call("%closedir", &[streams[0]]),
            1 => s.call("close-port", &[port]),
            _ => s.call("close", &[fd]),
        };
        assert!(!is_open(s, fd), "{first}");
        let other = opened(s, "/dev/null");
        assert_eq!(other, fd);
        for stream in streams {
            for call in ["%readdir", "%closedir", "%dirfd"] {
                assert!(s.refused(call, &[stream]).contains("closed"), "{first} {call}");
            }
        }
        s.call("close-port", &[port]);
        collect(s);
        assert!(is_open(s, other), "{first}");
        s.call("close", &[other]);
    }
    let root = s.string("/");
    let stream = s.call("%opendir", &[root]);
    let (fd, other) = (s.call("%dirfd", &[stream]), opened(s, "/dev/null"));
    assert_eq!(errno(s.condition("dup2", &[fix(999), fd])), -libc::EBADF as i64);
    assert!(Bytevector::from_value(s.call("%readdir", &[stream])).is_some());
    s.call("dup2", &[other, fd]);
    assert!(s.refused("%readdir", &[stream]).contains("closed"));
    collect(s);
    assert!(is_open(s, fd));
    0
}

fn collect(s: &mut Session) {
    let crate::eval::Machine { heap, extensions, .. } = &mut s.0;
    heap.collect(&mut |tracer| extensions.trace(tracer));
}

fn collected_streams(s: &mut Session) -> i32 {
    let before = descriptors();
    let root = s.string("/");
    for _ in 0..10 {
        s.call("%opendir", &[root]);
    }
    assert_eq!(descriptors(), before + 10);
    collect(s);
    assert_eq!(descriptors(), before);
    0
}

#[test]
fn users_are_found_by_id_and_name() {
    let mut s = session();
    let root = s.call("%getpwuid", &[fix(0)]);
    let fields: Vec<Value> = root.list_iter().collect();
    assert_eq!(Bytevector::from_value(fields[0]).expect("a bytevector").bytes(), b"root");
    let by_name = s.call("%getpwnam", &[fields[0]]);
    assert_eq!(by_name.list_iter().nth(2), Some(fix(0)));
    assert_eq!(s.call("%getpwuid", &[fix(123_456_789)]), Value::FALSE);
    let nobody = s.string("no such user");
    assert_eq!(s.call("%getpwnam", &[nobody]), Value::FALSE);
    assert_eq!(s.call("%getgrgid", &[fix(0)]).list_iter().nth(1), Some(fix(0)));
    assert!(s.call("%user-entries", &[]).list_iter().count() > 0);
    assert!(s.call("%group-entries", &[]).list_iter().count() > 0);
    assert_eq!(s.call("getuid", &[]), fix(nix::unistd::getuid().as_raw().into()));
}

#[test]
fn limits_and_use_are_told() {
    let mut s = session();
    let limit = s.values("%getrlimit", &[fix(libc::RLIMIT_NOFILE as i64)]);
    assert_eq!(limit.len(), 2);
    s.call("%setrlimit", &[fix(libc::RLIMIT_NOFILE as i64), limit[0], limit[1]]);
    assert_eq!(errno(s.condition("%getrlimit", &[fix(9999)])), -libc::EINVAL as i64);
    assert_eq!(s.values("%getrusage", &[fix(libc::RUSAGE_SELF as i64)]).len(), 18);
}

#[test]
fn message_queues_keep_priorities() {
    let mut s = session();
    let name = s.string(&unique("queue"));
    let flags = fix((libc::O_CREAT | libc::O_EXCL | libc::O_RDWR | libc::O_NONBLOCK) as i64);
    let mqd = match s.try_call("%mq-open", &[name, flags, fix(0o600), fix(4), fix(16)]) {
        Ok(mqd) => mqd,
        // A system without message queues.
        Err(stop) => return assert_eq!(errno(stop.raised().expect("a condition")), -libc::ENOSYS as i64),
    };
    s.call("mq-unlink", &[name]);
    let (low, high) = (s.0.heap.bytevector(b"low"), s.0.heap.bytevector(b"high"));
    s.call("mq-send", &[mqd, low, fix(1)]);
    s.call("mq-send", &[mqd, high, fix(2)]);
    assert_eq!(s.values("%mq-getattr", &[mqd])[1..], [fix(4), fix(16), fix(2)]);
    let buffer = s.0.heap.make_bytevector(16, 0).value();
    assert_eq!(s.values("mq-receive", &[mqd, buffer]), [fix(4), fix(2)]);
    assert_eq!(s.values("%mq-timedreceive", &[mqd, buffer, fix(0), fix(0)]), [fix(3), fix(1)]);
    assert_eq!(errno(s.condition("mq-receive", &[mqd, buffer])), -libc::EAGAIN as i64);
    let small = s.0.heap.make_bytevector(3, 0).value();
    assert_eq!(errno(s.condition("mq-receive", &[mqd, small])), -libc::EMSGSIZE as i64);
    s.call("mq-close", &[mqd]);
}

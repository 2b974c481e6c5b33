//! `(vicare posix)`, pointers and memory, `(vicare glibc)`: sequences of calls with generated arguments, under limits.
//!
//! What is called stays in an empty directory of its own: names are relative, and without `..`; no process is made, signalled
//! or waited for; descriptors are those that the calls have made. Addresses are those of memory that the calls have made.
#![no_main]

use std::cell::RefCell;
use std::time::Duration;
use vicar::Engine;
use vicar_fuzz::choices::Choices;
use vicar_fuzz::limited::{FUEL, Limited, Way};

const PRELUDE: &str =
    "(import (vicare) (prefix (vicare posix) px.) (prefix (vicare glibc) gl.) (vicare platform constants))";

/// Procedures: a letter for the result, the name, letters for the arguments, `?` for one that may be left out.
/// d descriptor, n name, i number, b bytevector, p pointer, t text, k constant, m mode, a anything, v vector, l list,
/// s address of a socket, r regular expression, D directory stream, S structure of times.
const PROCEDURES: &str = "
d px.open n k m;d px.open n k m;d px.dup d;a px.close d;i px.read d b i?;i px.pread d b i i;i px.write d b i?;
i px.pwrite d b i i;i px.write d p i;i px.read d p i;a px.readv d l;a px.writev d l;i px.lseek d i k;a px.ftruncate d i;
a px.truncate n i;a px.lockf d k i;d duplicate d;a px.fd-set-non-blocking-mode! d;a px.fd-in-close-on-exec-mode? d;
a px.fd-set-close-on-exec-mode! d;a px.fcntl d F_GETFL;a px.fcntl d F_SETFL O_NONBLOCK;a px.fcntl d i?;d px.fcntl d F_DUPFD i;
d first-of-pipe;d second-of-pipe;d first-of-pair;d px.socket PF_LOCAL SOCK_STREAM 0;d px.socket PF_LOCAL SOCK_DGRAM 0;
a px.bind d s;a px.listen d i;a px.connect d s;a px.getsockname d;a px.getpeername d;a px.send d b i i;a px.recv d b i k;
a px.sendto d b i i s;a px.recvfrom d b i i;a px.shutdown d k;a px.setsockopt d SOL_SOCKET k b;a px.getsockopt d SOL_SOCKET k b;
a px.getsockopt/int d SOL_SOCKET k;a px.setsockopt/int d SOL_SOCKET k i;a px.getsockopt/size_t d SOL_SOCKET k;
a px.setsockopt/linger d a i;a px.getsockopt/linger d;s px.make-sockaddr_un n;s px.make-sockaddr_in b i;s px.make-sockaddr_in6 b i;
b px.sockaddr_un.pathname s;t px.sockaddr_un.pathname/string s;a px.sockaddr_in.in_addr s;a px.sockaddr_in.in_port s;
a px.sockaddr_in6.in6_addr s;b px.inet-aton t;b px.inet-ntoa b;b px.inet-pton k t;t px.inet-ntop/string k b;
i px.htonl i;i px.htons i;i px.ntohl i;a px.stat n;a px.lstat n;a px.fstat d;a px.file-size n;a px.file-mtime n;
a px.file-is-regular-file? n a?;a px.file-is-directory? n a?;a px.access n k;a px.file-readable? n;a px.chmod n m;a px.fchmod d m;
a px.utime n i i;a px.utimes n i i i i;a px.lutimes n i i i i;a px.futimes d i i i i;a px.link n n;a px.symlink n n;
t px.readlink/string n;b px.readlink n;t px.realpath/string n;a px.unlink n;a px.rename n n;a px.mkfifo n m;a px.mkdir n m;
a px.mkdir/parents n m;a px.rmdir n;t px.getcwd/string;D px.opendir n;D px.fdopendir d;t px.readdir/string D;b px.readdir D;
a px.closedir D;a px.rewinddir D;i px.telldir D;a px.seekdir D i;a px.directory-stream-fd D;
l px.split-pathname t;l px.split-pathname-string t;a px.split-pathname-root-and-tail t;l px.split-search-path t;
a px.file-absolute-pathname? a;a px.file-pathname? a;a px.file-colon-search-path? a;a px.search-file-in-list-path t l;
p malloc i;p malloc i;p guarded-malloc i;p calloc i i;p realloc p i;a free p;p pointer-add p i;i pointer-diff p p;
p pointer-clone p;a pointer-null? a;a pointer-and-offset? p a;a pointer=? p p;a set-pointer-null! p;a memcpy p p i;a memmove p p i;
a memset p i i;i memcmp p p i;b memory->bytevector p i;p bytevector->memory b;p bytevector->guarded-memory b;i strlen p;
i strcmp p p;i strncmp p p i;p strdup p;p strndup p i;b cstring->bytevector p i?;t cstring->string p i?;p string->cstring t;
b cstring16->bytevector p;t cstring16n->string p;t cstring16le->string p;p bytevector->cstring b;p strings->argv l;
l argv->strings p;i argv-length p;p make-memory-block p i;p memory-block-pointer a;i memory-block-size a;a memory-copy b i b i i;
a memory-copy p i b i i;i pointer-ref-c-uint8 p i;i pointer-ref-c-sint64 p i;i pointer-ref-c-double p i;p pointer-ref-c-pointer p i;
a pointer-set-c-uint8! p i i;a pointer-set-c-sint64! p i i;a pointer-set-c-double! p i i;a pointer-set-c-uint32! p i i;
i array-ref-c-uint16 p i;a array-set-c-sint32! p i i;a pointer-set-c-pointer! p i p;
p px.mmap #f i k k -1 0;p px.mmap #f 8192 PROT_BOTH PRIVATE -1 0;p px.mmap #f i PROT_BOTH MAP_SHARED d i;a px.munmap p i;
a px.mprotect p i k;p px.mremap p i i k;a px.msync p i k;a px.madvise p i k;
a px.poll v i;a px.select #f l l l 0 i;a px.select-fd d 0 i;a px.select-fd-readable? d 0 i;b px.make-fd-set-bytevector i?;
p px.make-fd-set-pointer i?;a px.FD_ZERO b i?;a px.FD_SET d b i?;a px.FD_CLR d b i?;a px.FD_ISSET d b i?;a px.FD_SET d p i?;
a px.fd-set-inspection b i?;a px.select-from-sets i b b b 0 i;a px.sem-init p #f i?;a px.sem-post p;a px.sem-wait p;
a px.sem-trywait p;a px.sem-getvalue p;a px.sem-destroy p;a px.sem-timedwait p S;
i px.time;i px.clock;S px.clock-gettime i S;S px.clock-getres i S;S px.gettimeofday;S px.make-struct-timespec i i;S px.localtime i;
S px.gmtime i;i px.timelocal S;i px.timegm S;b px.strftime t S;t px.strftime/string t S;a px.set-struct-tm-tm_mon! S i;
a px.set-struct-tm-tm_year! S i;a px.set-struct-tm-tm_zone! S t;a px.nanosleep 0 i;S px.getrusage k;S px.getrlimit k;
S px.getitimer k;a px.times;i px.sysconf i;i px.pathconf n i;i px.fpathconf d i;t px.confstr/string i;t px.getenv n;
a px.setenv n t a?;a px.unsetenv n;t px.strerror i;t px.errno->string i;t px.interprocess-signal->string i;
t px.gai-strerror i;a px.getpwuid i;a px.getpwnam t;a px.getgrgid i;a px.getgrnam t;a px.getprotobyname t;a px.getservbyname t t;
a px.getservbyport i t;a px.WIFEXITED i;a px.WEXITSTATUS i;a px.WTERMSIG i;a px.S_ISDIR i;l px.getgroups;
a gl.fnmatch t t i;l gl.glob/string t i;l gl.wordexp/string words i;r gl.regcomp t i;v gl.regexec r t i;a gl.regfree r;
b gl.mkstemp template;b gl.mkdtemp template;a gl.fsync d;a gl.fdatasync d;a gl.jn i i;a gl.lgamma i;a gl.cpow i i;a gl.IN_CLASSA i;
a gl.IN6_IS_ADDR_LOOPBACK b;a gl.if-indextoname i;a gl.if-nametoindex t;
a port-on-descriptor d;a bytevector-length b;a string-length t;a collect;b bytevector-copy b";

/// What rows above name that is no procedure of a library.
const DEFINITIONS: &str = "
(define PROT_BOTH (fxior PROT_READ PROT_WRITE))
(define PRIVATE (fxior MAP_PRIVATE MAP_ANONYMOUS))
(define (duplicate fd) (px.fcntl fd F_DUPFD 40))
(define (first-of-pipe) (let-values (((in out) (px.pipe))) (set! spare out) in))
(define (second-of-pipe) (let-values (((in out) (px.pipe))) (set! spare in) out))
(define (first-of-pair) (let-values (((a b) (px.socketpair PF_LOCAL SOCK_STREAM 0))) (set! spare b) a))
(define spare #f)
(define (port-on-descriptor fd)
  (let ((port (make-binary-file-descriptor-input/output-port fd \"generated\")))
    (put-bytevector port #vu8(1 2 3))
    (flush-output-port port)
    (set-port-position! port 0)
    (let ((got (get-bytevector-n port 3))) (close-port port) got)))
";

const CONSTANTS: &[&str] = &[
    "O_RDWR",
    "O_CREAT",
    "(fxior O_RDWR O_CREAT)",
    "(fxior O_RDWR O_CREAT O_EXCL)",
    "(fxior O_WRONLY O_APPEND)",
    "O_NONBLOCK",
    "O_RDONLY",
    "(fxior O_RDWR O_NONBLOCK)",
    "SEEK_SET",
    "SEEK_END",
    "F_LOCK",
    "F_ULOCK",
    "F_TEST",
    "PROT_READ",
    "PROT_NONE",
    "PROT_WRITE",
    "(fxior MAP_PRIVATE MAP_ANONYMOUS)",
    "(fxior MAP_SHARED MAP_ANONYMOUS)",
    "MAP_SHARED",
    "MS_SYNC",
    "MADV_DONTNEED",
    "MREMAP_MAYMOVE",
    "AF_INET",
    "AF_INET6",
    "SO_REUSEADDR",
    "SO_SNDBUF",
    "SO_ERROR",
    "SO_LINGER",
    "SO_TYPE",
    "R_OK",
    "W_OK",
    "SHUT_RDWR",
    "SHUT_WR",
    "RUSAGE_SELF",
    "RLIMIT_NOFILE",
    "RLIMIT_AS",
    "ITIMER_REAL",
    "MSG_DONTWAIT",
    "MSG_PEEK",
    "POLLIN",
    "0",
    "-1",
    "7",
];
const NAMES: &[&str] = &[
    "\"a\"",
    "\"b\"",
    "\"d\"",
    "\"d/a\"",
    "\"d/b\"",
    "\"\"",
    "\"λ\"",
    "\".\"",
    "\"a/\"",
    "#vu8(97)",
    "#vu8(255 98)",
    "#vu8(97 0 98)",
    "(make-string 300 #\\n)",
    "(make-string 5000 #\\n)",
];
const TEXTS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"*\"",
    "\"[a-c]*\"",
    "\"(a|b)*\\\\1\"",
    "\"%Y-%m-%d %H:%M:%S %Z\"",
    "\"%c%x%X%p%%\"",
    "\"/usr/lib:\"",
    "\"a/b.c\"",
    "\"127.0.0.1\"",
    "\"::1\"",
    "\"::ffff:1.2.3.4\"",
    "\"root\"",
    "\"tcp\"",
    "\"http\"",
    "\"\\x0;\"",
    "\"λ\\x1F600;\"",
    "\"a:b:c\"",
    "(make-string 70 #\\a)",
    "(make-string 4000 #\\*)",
    "\"[[:alpha:]]{2,3}\"",
    "\"[\"",
    "\"\\\\\"",
];

const LETTERS: &str = "dnibptkmavlsrDS";

struct Calls<'c, 'b> {
    choices: &'c mut Choices<'b>,
    /// Variables by the letter of what they hold.
    variables: Vec<(char, String)>,
}

impl Calls<'_, '_> {
    fn argument(&mut self, letter: char) -> String {
        let fitting: Vec<String> =
            self.variables.iter().filter(|(l, _)| *l == letter).map(|(_, name)| name.clone()).collect();
        if !fitting.is_empty() && !self.choices.rarely(8) {
            // The last ones mostly: those before may be closed or free.
            let back = self.choices.below(fitting.len().min(3));
            return fitting[fitting.len() - 1 - back].clone();
        }
        let c = &mut *self.choices;
        match letter {
            'd' => c.pick(&["spare", "-1", "9999", "#f", "1152921504606846976", "\"d\""]).to_string(),
            'n' => c.pick(NAMES).to_string(),
            'i' => match c.below(6) {
                0 | 1 => c.below(20).to_string(),
                2 => c.below(9000).to_string(),
                3 => c
                    .pick(&["-1", "4096", "65536", "2147483647", "2147483648", "4294967295", "-2147483649"])
                    .to_string(),
                4 => c
                    .pick(&[
                        "9223372036854775807",
                        "18446744073709551616",
                        "1152921504606846975",
                        "-9223372036854775808",
                    ])
                    .to_string(),
                _ => c.pick(&["1.5", "#f", "1/2", "'x", "999999999", "1000000000"]).to_string(),
            },
            'b' => match c.below(6) {
                0 => "(bytevector-copy '#vu8(1 2 3 4))".to_owned(),
                1 => "'#vu8()".to_owned(),
                2 => "(make-bytevector 16 1)".to_owned(),
                3 => "(make-bytevector 128 0)".to_owned(),
                4 => format!("(make-bytevector {} {})", c.below(5000), c.byte()),
                _ => "'#vu8(0 1)".to_owned(),
            },
            'p' => c
                .pick(&[
                    "(null-pointer)",
                    "(malloc 64)",
                    "(malloc 4096)",
                    "(string->cstring \"text\")",
                    "#f",
                    "(make-bytevector 8 0)",
                ])
                .to_string(),
            't' => c.pick(TEXTS).to_string(),
            'k' => c.pick(CONSTANTS).to_string(),
            'm' => c.pick(&["448", "511", "0", "#o100644", "-1", "99999"]).to_string(),
            'v' => {
                let (fd, events) = (self.argument('d'), self.argument('k'));
                format!("(vector (vector {fd} {events} 0))")
            }
            'l' => match c.below(5) {
                0 => "'()".to_owned(),
                1 => "'(\"a\" \"b\")".to_owned(),
                2 => format!("(list {} {})", self.argument('b'), self.argument('b')),
                3 => format!("(list {})", self.argument('d')),
                _ => "'(1 . 2)".to_owned(),
            },
            's' => c
                .pick(&[
                    "(px.make-sockaddr_un \"s\")",
                    "(make-bytevector 16 2)",
                    "'#vu8(1 0)",
                    "(make-bytevector 300 1)",
                ])
                .to_string(),
            'r' => "(gl.regcomp \"a*(b)\" 0)".to_owned(),
            'D' => "(px.opendir \".\")".to_owned(),
            'S' => c
                .pick(&[
                    "(px.gmtime 0)",
                    "(px.make-struct-timespec 0 1000)",
                    "(px.clock-gettime 0 (px.make-struct-timespec 0 0))",
                    "(px.localtime 1000000000)",
                ])
                .to_string(),
            _ => {
                let letters: Vec<char> = LETTERS.chars().filter(|&l| l != 'a').collect();
                let letter = *self.choices.pick(&letters);
                self.argument(letter)
            }
        }
    }

    /// An argument for a word of a row.
    fn word(&mut self, word: &str) -> Option<String> {
        let (word, optional) = (word.trim_end_matches('?'), word.ends_with('?'));
        if optional && self.choices.rarely(2) {
            return None;
        }
        let mut letters = word.chars();
        Some(match (letters.next(), letters.next()) {
            (Some(letter), None) if LETTERS.contains(letter) => {
                let letter = if self.choices.rarely(40) { 'a' } else { letter };
                // A descriptor is never a number that happens to be somebody's.
                if word == "d" { self.argument('d') } else { self.argument(letter) }
            }
            _ => match word {
                "words" => self
                    .choices
                    .pick(&["\"a b\"", "\"'a b' c\"", "\"*\"", "\"$HOME\"", "\"\\\"\"", "\"{\""])
                    .to_string(),
                "template" => self
                    .choices
                    .pick(&["(string->utf8 \"tXXXXXX\")", "(string->utf8 \"XXXXX\")", "'#vu8()"])
                    .to_string(),
                word => word.to_owned(),
            },
        })
    }

    fn program(&mut self) -> String {
        let rows: Vec<Vec<&str>> = PROCEDURES.split(';').map(|row| row.split_whitespace().collect()).collect();
        let mut text = String::from("(let ()\n");
        for i in 0..1 + self.choices.below(24) {
            let row = self.choices.pick(&rows).clone();
            let arguments: Vec<String> = row[2..].iter().map_while(|word| self.word(word)).collect();
            let name = format!("v{i}");
            text += &format!("(define {name} (guard (e (#t #f)) ({} {})))\n", row[1], arguments.join(" "));
            let letter = row[0].chars().next().unwrap_or('a');
            if letter != 'a' {
                self.variables.push((letter, name));
            }
        }
        text + "spare)"
    }
}

struct Place {
    machine: Limited,
    descriptors: Vec<i32>,
    /// That have run in the machine.
    programs: u32,
}

thread_local! {
    static PLACE: RefCell<Place> = RefCell::new(place());
}

fn open_descriptors() -> Vec<i32> {
    let entries = std::fs::read_dir("/proc/self/fd").expect("descriptors can be listed");
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

fn place() -> Place {
    // As the start of a Rust program does, which this is not: a pipe without a reader answers by an error.
    // SAFETY: ignoring a signal runs no code of ours.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let engine = Engine::new();
    let mut machine = Limited::new(engine, PRELUDE);
    // A name that is not bound would refuse every program that has it.
    let vm = machine.vm();
    if let Err(error) = vm.eval::<()>(DEFINITIONS) {
        panic!("{}", error.report(vicar::Style::Plain));
    }
    for row in PROCEDURES.split(';') {
        let name = row.split_whitespace().nth(1).expect("a row names a procedure");
        if let Err(error) = vm.eval::<vicar::Handle>(name) {
            panic!("{name}: {error}");
        }
    }
    Place { machine, descriptors: open_descriptors(), programs: 0 }
}

/// The directory in which everything happens.
fn directory() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("vicar-fuzz-{}", std::process::id()))
}

/// How many programs run in one machine, which keeps their ports and directory streams.
const PROGRAMS: u32 = 25;

fn clear(place: &mut Place) {
    if place.programs == PROGRAMS {
        close_all(place);
    }
    let _ = std::fs::remove_dir_all(directory());
    std::fs::create_dir(directory()).expect("room for a directory");
    std::env::set_current_dir(directory()).expect("it is there");
}

fn close_all(place: &mut Place) {
    place.programs = 0;
    place.machine.renew();
    for fd in open_descriptors().into_iter().filter(|fd| !place.descriptors.contains(fd)) {
        // SAFETY: who had it is gone.
        unsafe { libc::close(fd) };
    }
    if let Err(error) = place.machine.vm().eval::<()>(DEFINITIONS) {
        panic!("{}", error.report(vicar::Style::Plain));
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = Calls { choices: &mut Choices::new(data), variables: Vec::new() }.program();
    PLACE.with_borrow_mut(|place| {
        let home = std::env::current_dir().expect("there is one");
        clear(place);
        let _ = place.machine.run_until(&text, Way::AtOnce, FUEL, Some(Duration::from_millis(300)));
        place.programs += 1;
        std::env::set_current_dir(home).expect("it is there");
        std::fs::remove_dir_all(directory()).expect("it can be removed");
    });
});

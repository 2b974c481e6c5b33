//! Times the programs that the environment names.

use super::Session;

#[test]
fn speed() {
    let Ok(files) = std::env::var("VICAR_SPEED") else { return };
    for file in files.split(' ') {
        let text = std::fs::read_to_string(file).unwrap();
        let mut best = f64::MAX;
        let mut result = String::new();
        for _ in 0..5 {
            let mut session = Session::new();
            session.run(&text);
            let start = cpu_time();
            result = session.run("(main)");
            best = best.min(cpu_time() - start);
        }
        let name = std::path::Path::new(file).file_stem().unwrap().to_string_lossy().into_owned();
        println!("{name} {best:.3} {result}");
    }
}

fn cpu_time() -> f64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9
}

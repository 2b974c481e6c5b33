//! The build script: expands the libraries below `prelude/` with the modules of the library itself, and writes what came
//! out as the image that the library includes (`src/image/`).

#![allow(dead_code, unused_imports, unused_macros, unused_variables, unused_mut, missing_docs)]

#[path = "../src/account/mod.rs"]
mod account;
#[path = "../src/compile/mod.rs"]
mod compile;
#[path = "../src/diagnostics/mod.rs"]
mod diagnostics;
#[path = "../src/engine/mod.rs"]
mod engine;
#[path = "../src/eval/mod.rs"]
mod eval;
#[cfg(feature = "posix")]
#[path = "../src/foreign/mod.rs"]
mod foreign;
#[path = "../src/heap/mod.rs"]
mod heap;
#[path = "../src/image/mod.rs"]
mod image;
#[path = "../src/io/mod.rs"]
mod io;
#[cfg(feature = "posix")]
#[path = "../src/memory/mod.rs"]
mod memory;
#[path = "../src/number/mod.rs"]
mod number;
#[cfg(feature = "posix")]
#[path = "../src/posix/mod.rs"]
mod posix;
#[path = "../src/primitives/mod.rs"]
mod primitives;
#[path = "../src/reader/mod.rs"]
mod reader;
#[path = "../src/syntax/mod.rs"]
mod syntax;
#[path = "../src/image/write.rs"]
mod write;

#[cfg(feature = "posix")]
mod c_calls;
mod libraries;

/// While the image is made there is none.
mod prelude {
    pub(crate) static IMAGE: crate::image::Image = crate::image::Image::new(&[0; 64]);
}

use std::path::Path;

fn main() {
    for watched in ["build", "prelude", "src"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    choose_dispatch();
    place_program();
    let out = std::env::var_os("OUT_DIR").expect("cargo says where output goes");
    let image = libraries::make_image(Path::new("prelude")).unwrap_or_else(|message| {
        eprintln!("{message}");
        std::process::exit(1);
    });
    std::fs::write(Path::new(&out).join("prelude.image"), image).expect("the image can be written");
}

/// The program is not position-independent: its tables of primitives would be relocated at every start, page by page,
/// which takes as long as all that a small script does.
fn place_program() {
    let is = |name: &str, wanted: &str| std::env::var(name).is_ok_and(|v| v == wanted);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

/// Statement nodes call each other in tail position where that was tested to become a jump: the language does not
/// promise it.
fn choose_dispatch() {
    println!("cargo::rustc-check-cfg=cfg(vicar_threaded)");
    let is = |name: &str, wanted: &[&str]| std::env::var(name).is_ok_and(|v| wanted.contains(&v.as_str()));
    let optimised = is("OPT_LEVEL", &["1", "2", "3", "s"]);
    let tested = is("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]) && is("CARGO_CFG_TARGET_OS", &["linux"]);
    if optimised && tested {
        println!("cargo::rustc-cfg=vicar_threaded");
    }
}

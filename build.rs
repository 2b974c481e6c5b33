//! Decides how the evaluator's nodes call each other.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(vicar_threaded)");
    let is = |name: &str, wanted: &[&str]| std::env::var(name).is_ok_and(|v| wanted.contains(&v.as_str()));
    // Sibling calls are made into jumps by the optimiser, on the targets where that was tested.
    let optimised = is("OPT_LEVEL", &["1", "2", "3", "s"]);
    let tested = is("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]) && is("CARGO_CFG_TARGET_OS", &["linux"]);
    if optimised && tested {
        println!("cargo::rustc-cfg=vicar_threaded");
    }
}

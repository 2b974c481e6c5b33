//! The `vicar` program.

fn main() {
    std::process::exit(vicar::cli::main());
}

//! What the arguments after `cargo bench --bench compare --` mean.

pub const HELP: &str = "\
cargo bench --bench compare -- [--rounds N] [--only NAME,NAME...] [--systems NAME,NAME...]
  --rounds   how often each program runs under each system (default 3)
  --only     programs of the folders of benches/ by name, or startup
  --systems  of vicar, chez, guile, lua, c";

pub struct Options {
    pub rounds: usize,
    only: Vec<String>,
    systems: Vec<String>,
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options { rounds: 3, only: Vec::new(), systems: Vec::new() };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--rounds" => {
                    options.rounds =
                        value()?.parse().ok().filter(|n| *n > 0).ok_or("--rounds needs a number from 1")?;
                }
                "--only" => options.only = list(&value()?),
                "--systems" => options.systems = list(&value()?),
                "--bench" => {} // cargo passes it
                _ => return Err(format!("unknown argument {argument}")),
            }
        }
        Ok(options)
    }

    pub fn wants_program(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|n| n == name)
    }

    pub fn wants_system(&self, name: &str) -> bool {
        self.systems.is_empty() || self.systems.iter().any(|n| n == name)
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

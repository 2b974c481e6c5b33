//! The Markdown table: times of the first system, ratios of the others, geometric means, peak memory.

use crate::measure::{Sample, median};
use crate::systems::System;
use std::fmt;

pub struct Row {
    name: String,
    /// One a system, in the systems' order.
    cells: Vec<Cell>,
}

enum Cell {
    /// The system has no version of this program.
    Empty,
    Failed,
    Measured {
        seconds: f64,
        /// MiB.
        peak: f64,
    },
}

impl Row {
    /// Says on standard error what failed and which outputs differ.
    pub fn new(name: &str, systems: &[System], outcomes: Vec<Option<Result<Vec<Sample>, String>>>) -> Row {
        let reference = outcomes.iter().find_map(|o| o.as_ref()?.as_ref().ok()?.first());
        let reference = reference.map(|sample| sample.output.clone());
        let cells = systems.iter().zip(&outcomes).map(|(system, outcome)| match outcome {
            None => Cell::Empty,
            Some(Err(message)) => {
                eprintln!("{name} under {}: {message}", system.title);
                Cell::Failed
            }
            Some(Ok(samples)) => {
                if let Some(other) = samples.iter().find(|s| Some(&s.output) != reference.as_ref()) {
                    eprintln!("{name} under {} prints {:?}, not {reference:?}", system.title, other.output);
                    return Cell::Failed;
                }
                Cell::Measured {
                    seconds: median(samples, |s| s.seconds),
                    peak: median(samples, |s| s.peak as f64) / 1024.0,
                }
            }
        });
        let cells = cells.collect();
        Row { name: name.to_owned(), cells }
    }

    pub fn is_sound(&self) -> bool {
        !self.cells.iter().any(|cell| matches!(cell, Cell::Failed))
    }

    /// Time of system `i` divided by that of the first.
    fn ratio(&self, i: usize) -> Option<f64> {
        match (&self.cells[0], &self.cells[i]) {
            (Cell::Measured { seconds: reference, .. }, Cell::Measured { seconds, .. }) => Some(seconds / reference),
            _ => None,
        }
    }
}

pub struct Table {
    title: &'static str,
    systems: Vec<&'static str>,
    milliseconds: bool,
    pub rows: Vec<Row>,
}

impl Table {
    pub fn new(title: &'static str, systems: &[System]) -> Table {
        Table { title, systems: systems.iter().map(|s| s.title).collect(), milliseconds: false, rows: Vec::new() }
    }

    pub fn in_milliseconds(mut self) -> Table {
        self.milliseconds = true;
        self
    }

    fn geometric_mean(&self, i: usize) -> Option<f64> {
        let logarithms: Vec<f64> = self.rows.iter().filter_map(|row| row.ratio(i)).map(f64::ln).collect();
        (!logarithms.is_empty()).then(|| (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp())
    }

    fn time(&self, seconds: f64) -> String {
        if self.milliseconds { format!("{:.2} ms", seconds * 1000.0) } else { format!("{seconds:.2} s") }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} |", self.title)?;
        for name in &self.systems {
            write!(f, " {name} |")?;
        }
        for name in &self.systems {
            write!(f, " {name}, peak MiB |")?;
        }
        writeln!(f, "\n|---|{}", "---:|".repeat(2 * self.systems.len()))?;
        for row in &self.rows {
            write!(f, "| {} |", row.name)?;
            for (i, cell) in row.cells.iter().enumerate() {
                match (cell, row.ratio(i)) {
                    (Cell::Empty, _) => write!(f, " |")?,
                    (Cell::Failed, _) => write!(f, " fails |")?,
                    (Cell::Measured { .. }, Some(ratio)) if i > 0 => write!(f, " {ratio:.2} × |")?,
                    (Cell::Measured { seconds, .. }, _) => write!(f, " {} |", self.time(*seconds))?,
                }
            }
            for cell in &row.cells {
                match cell {
                    Cell::Measured { peak, .. } => write!(f, " {peak:.1} |")?,
                    _ => write!(f, " |")?,
                }
            }
            writeln!(f)?;
        }
        if self.rows.len() > 1 {
            write!(f, "| geometric mean | 1 |")?;
            for i in 1..self.systems.len() {
                match self.geometric_mean(i) {
                    Some(mean) => write!(f, " {mean:.2} × |")?,
                    None => write!(f, " |")?,
                }
            }
            writeln!(f, "{}", " |".repeat(self.systems.len()))?;
        }
        Ok(())
    }
}

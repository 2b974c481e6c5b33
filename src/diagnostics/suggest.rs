//! The name that was probably meant.

/// Names with more characters are never suggested, nor is anything for them.
const LONGEST: usize = 64;

/// Looks for the candidate that is nearest to a name, if one is near enough to be a slip of the keyboard.
pub struct Nearest {
    name: Vec<char>,
    tolerance: usize,
    best: Option<(usize, Box<str>)>,
    work: usize,
}

impl Nearest {
    pub fn to(name: &str) -> Nearest {
        let name: Vec<char> = name.chars().take(LONGEST + 1).collect();
        let tolerance = name.len() / 3 + usize::from(name.len() == 2);
        Nearest { name, tolerance, best: None, work: 0 }
    }

    /// Considers one more candidate.
    pub fn offer(&mut self, candidate: &str) {
        self.work += 1;
        // Bytes first: most candidates need no closer look.
        if self.name.len() > LONGEST || candidate.len() > 4 * LONGEST {
            return;
        }
        let length = candidate.chars().count();
        let best = self.best.as_ref().map_or(self.tolerance + 1, |(distance, _)| *distance);
        if length > LONGEST || length.abs_diff(self.name.len()) >= best {
            return;
        }
        self.work += 1 + length * self.name.len() / 32;
        if let Some(distance) = distance(&self.name, candidate, best) {
            self.best = Some((distance, candidate.into()));
        }
    }

    /// How much has been done so far, a unit being what takes a few hundred nanoseconds at most.
    pub fn work(&self) -> usize {
        self.work
    }

    pub fn found(self) -> Option<Box<str>> {
        self.best.map(|(_, name)| name)
    }
}

/// The nearest of some candidates.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<Box<str>> {
    let mut nearest = Nearest::to(name);
    candidates.into_iter().for_each(|candidate| nearest.offer(candidate));
    nearest.found()
}

/// How many characters must be changed, added, left out, or swapped with the next one, if they are fewer than `limit`. A
/// change of case alone counts nothing.
fn distance(a: &[char], b: &str, limit: usize) -> Option<usize> {
    let same = |a: char, b: char| match (a, b) {
        _ if a == b => true,
        _ if a.is_ascii() && b.is_ascii() => a.eq_ignore_ascii_case(&b),
        _ => a.to_lowercase().eq(b.to_lowercase()),
    };
    let b: Vec<char> = b.chars().collect();
    let mut before = vec![0; b.len() + 1];
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    let mut current = previous.clone();
    for i in 1..=a.len() {
        current[0] = i;
        for j in 1..=b.len() {
            let change = previous[j - 1] + usize::from(!same(a[i - 1], b[j - 1]));
            current[j] = change.min(previous[j] + 1).min(current[j - 1] + 1);
            if i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]) {
                current[j] = current[j].min(before[j - 2] + 1);
            }
        }
        (before, previous, current) = (previous, current, before);
        // What follows cannot be less than the least of two rows.
        if previous.iter().chain(&before).all(|&d| d >= limit) && i > 1 {
            return None;
        }
    }
    Some(previous[b.len()]).filter(|&d| d < limit)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let names = ["space", "nul", "newline", "call-with-values", "car", "cdr"];
        for (name, expected) in [
            ("spcae", Some("space")),
            ("Space", Some("space")),
            ("null", Some("nul")),
            ("newlin", Some("newline")),
            ("call/values", None),
            ("call-with-value", Some("call-with-values")),
            ("ca", Some("car")),
            ("x", None),
            ("", None),
            ("elephant", None),
        ] {
            assert_eq!(nearest(name, names).as_deref(), expected, "{name}");
        }
        let long = "x".repeat(1_000_000);
        assert_eq!(nearest(&long, [long.as_str(), "x"]), None);
    }
}

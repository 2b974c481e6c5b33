//! A sequence of choices from a fuzzer's bytes. When they have run out, the first alternative is taken, which every
//! generator makes its simplest: so any bytes make something, fewer make something smaller.

/// Choices that are still to be made.
pub struct Choices<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl<'a> Choices<'a> {
    pub fn new(bytes: &'a [u8]) -> Choices<'a> {
        Choices { bytes: bytes.iter() }
    }

    /// Whether nothing is left to choose with.
    pub fn is_over(&self) -> bool {
        self.bytes.len() == 0
    }

    pub fn byte(&mut self) -> u8 {
        self.bytes.next().copied().unwrap_or(0)
    }

    /// A number below `of`.
    pub fn below(&mut self, of: usize) -> usize {
        let mut n = usize::from(self.byte());
        if of > 256 {
            n = n << 8 | usize::from(self.byte());
        }
        n % of.max(1)
    }

    /// One time in `of`, and never when the choices have run out.
    pub fn rarely(&mut self, of: usize) -> bool {
        self.below(of) == of - 1
    }

    pub fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    pub fn u64(&mut self) -> u64 {
        (0..8).fold(0, |n, _| n << 8 | u64::from(self.byte()))
    }

    /// Digits of a whole number, now and then of hundreds of them, often near a power of two.
    pub fn integer(&mut self) -> String {
        let sign = if self.rarely(3) { "-" } else { "" };
        match self.below(8) {
            0..=2 => format!("{sign}{}", self.below(12)),
            3 => format!("{sign}{}", self.below(70_000)),
            4 => {
                let power = 1_u128 << self.below(126);
                format!("{sign}{}", power - 1 + self.below(3) as u128)
            }
            5 => format!("{sign}{}", self.u64()),
            6 => format!("{sign}{}", u128::from(self.u64()) << 64 | u128::from(self.u64())),
            _ => {
                let length = 1 + self.below(300);
                let digits: String = (0..length).map(|_| char::from(b'0' + self.byte() % 10)).collect();
                format!("{sign}1{digits}")
            }
        }
    }

    /// A number as it is written.
    pub fn number(&mut self) -> String {
        match self.below(9) {
            0..=3 => self.integer(),
            4 => format!("{}/{}", self.integer(), self.integer().trim_start_matches('-')),
            5 => format!("{:?}", f64::from_bits(self.u64()))
                .replace("NaN", "+nan.0")
                .replace("inf", "+inf.0")
                .replace("-+", "-"),
            6 => self
                .pick(&[
                    "0.0",
                    "-0.0",
                    "0.5",
                    "1.5",
                    "+inf.0",
                    "-inf.0",
                    "+nan.0",
                    "1e21",
                    "5e-324",
                    "1.7976931348623157e308",
                ])
                .to_string(),
            7 => format!("{}e{}", self.integer(), self.below(700) as i64 - 350),
            _ => {
                let (re, im) = (self.integer(), self.below(9));
                format!("{re}+{im}i")
            }
        }
    }
}

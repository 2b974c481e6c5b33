//! How C passes values to functions and back: in words, whatever their types.

/// How C passes a value.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum CType {
    Void,
    /// Of so many bytes.
    Signed(u8),
    /// Of so many bytes.
    Unsigned(u8),
    Float,
    Double,
    Pointer,
}

impl CType {
    /// Bytes of one.
    pub fn size(self) -> usize {
        match self {
            CType::Void => 0,
            CType::Signed(n) | CType::Unsigned(n) => n.into(),
            CType::Float => 4,
            CType::Double | CType::Pointer => 8,
        }
    }

    /// The word whose first bytes are one, as an integer of 64 bits with the same value.
    pub fn extended(self, word: u64) -> u64 {
        match self {
            CType::Signed(1) => word as i8 as u64,
            CType::Signed(2) => word as i16 as u64,
            CType::Signed(4) => word as i32 as u64,
            CType::Unsigned(1) => word as u8 as u64,
            CType::Unsigned(2) => word as u16 as u64,
            CType::Unsigned(4) => word as u32 as u64,
            _ => word,
        }
    }
}

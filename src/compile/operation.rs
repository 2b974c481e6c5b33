//! The operations with inline code: one table, by the name of the primitive that each of them is. What the fast path is,
//! `eval::operations` says; where it does not apply, the primitive itself runs.

macro_rules! operations {
    ($($variant:ident $name:literal $arity:literal)*) => {
        /// A primitive of fixed arity that nodes compute themselves in the common case.
        #[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Operation { $($variant),* }

        impl Operation {
            /// All of them, in the order of their numbers.
            pub const ALL: &[Operation] = &[$(Operation::$variant),*];
            const NAMES: &[&str] = &[$($name),*];
            const ARITIES: &[u8] = &[$($arity),*];
        }
    };
}

operations! {
    // Pairs.
    Cons "cons" 2
    Car "car" 1
    Cdr "cdr" 1
    Cadr "cadr" 1
    Cddr "cddr" 1
    Caar "caar" 1
    Cdar "cdar" 1
    SetCar "set-car!" 2
    SetCdr "set-cdr!" 2
    // Tests of type and identity.
    IsNull "null?" 1
    IsPair "pair?" 1
    Not "not" 1
    IsEq "eq?" 2
    IsEqv "eqv?" 2
    IsFixnum "fixnum?" 1
    IsFlonum "flonum?" 1
    IsChar "char?" 1
    IsString "string?" 1
    IsSymbol "symbol?" 1
    IsVector "vector?" 1
    IsBytevector "bytevector?" 1
    IsProcedure "procedure?" 1
    IsBoolean "boolean?" 1
    IsEof "eof-object?" 1
    // Generic arithmetic.
    Add "+" 2
    Subtract "-" 2
    Multiply "*" 2
    Divide "/" 2
    Quotient "quotient" 2
    Remainder "remainder" 2
    Modulo "modulo" 2
    Div "div" 2
    Mod "mod" 2
    NumberEqual "=" 2
    Less "<" 2
    Greater ">" 2
    LessEqual "<=" 2
    GreaterEqual ">=" 2
    IsZero "zero?" 1
    // Fixnums.
    FxAdd "fx+" 2
    FxSubtract "fx-" 2
    FxMultiply "fx*" 2
    FxEqual "fx=?" 2
    FxLess "fx<?" 2
    FxGreater "fx>?" 2
    FxLessEqual "fx<=?" 2
    FxGreaterEqual "fx>=?" 2
    FxIsZero "fxzero?" 1
    FxAnd "fxand" 2
    FxInclusiveOr "fxior" 2
    FxExclusiveOr "fxxor" 2
    FxShiftLeft "fxarithmetic-shift-left" 2
    FxShiftRight "fxarithmetic-shift-right" 2
    FxDiv "fxdiv" 2
    FxMod "fxmod" 2
    // Flonums.
    FlAdd "fl+" 2
    FlSubtract "fl-" 2
    FlMultiply "fl*" 2
    FlDivide "fl/" 2
    FlEqual "fl=?" 2
    FlLess "fl<?" 2
    FlGreater "fl>?" 2
    FlLessEqual "fl<=?" 2
    FlGreaterEqual "fl>=?" 2
    FlSqrt "flsqrt" 1
    FlAbs "flabs" 1
    FixnumToFlonum "fixnum->flonum" 1
    // Vectors, strings, bytevectors, characters.
    VectorRef "vector-ref" 2
    VectorSet "vector-set!" 3
    VectorLength "vector-length" 1
    StringRef "string-ref" 2
    StringLength "string-length" 1
    BytevectorU8Ref "bytevector-u8-ref" 2
    BytevectorU8Set "bytevector-u8-set!" 3
    BytevectorLength "bytevector-length" 1
    CharToInteger "char->integer" 1
    IntegerToChar "integer->char" 1
    CharEqual "char=?" 2
    CharLess "char<?" 2
    // Records: `(%record-ref record rtd index)`, `(%record-set! record rtd index value)`, index among all fields.
    IsRecord "%record?" 2
    RecordRef "%record-ref" 3
    RecordSet "%record-set!" 4
}

impl Operation {
    /// The name of the primitive.
    pub fn name(self) -> &'static str {
        Operation::NAMES[self as usize]
    }

    /// Whether it answers `#t` or `#f`, whatever its operands are.
    pub fn is_test(self) -> bool {
        use Operation::*;
        matches!(self, Not | NumberEqual | Less | Greater | LessEqual | GreaterEqual) || self.name().ends_with('?')
    }

    /// How many operands it has.
    pub const fn arity(self) -> usize {
        Operation::ARITIES[self as usize] as usize
    }

    /// Whether its answer depends on what can be changed: the contents of an object.
    pub fn reads(self) -> bool {
        use Operation::*;
        matches!(self, Car | Cdr | Cadr | Cddr | Caar | Cdar | VectorRef | StringRef | BytevectorU8Ref | RecordRef)
    }

    /// Whether there are operands for which it has no answer.
    pub fn may_fail(self) -> bool {
        use Operation::*;
        let total = matches!(
            self,
            Cons | IsNull
                | IsPair
                | Not
                | IsEq
                | IsEqv
                | IsFixnum
                | IsFlonum
                | IsChar
                | IsString
                | IsSymbol
                | IsVector
                | IsBytevector
                | IsProcedure
                | IsBoolean
                | IsEof
        );
        !total
    }

    /// Whether it takes numbers only: where it has answered, its operands are numbers.
    pub fn wants_numbers(self) -> bool {
        use Operation::*;
        let generic = matches!(
            self,
            Add | Subtract
                | Multiply
                | Divide
                | Quotient
                | Remainder
                | Modulo
                | Div
                | Mod
                | NumberEqual
                | Less
                | Greater
                | LessEqual
                | GreaterEqual
                | IsZero
        );
        let typed = |prefix| self.name().starts_with(prefix);
        generic || typed("fx") || typed("fl") && self != IsFlonum
    }

    /// Whether it has an answer, a number, for all numbers.
    pub fn is_ring(self) -> bool {
        matches!(self, Operation::Add | Operation::Subtract | Operation::Multiply)
    }
}

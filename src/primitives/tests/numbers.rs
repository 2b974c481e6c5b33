//! Rows for the arithmetic libraries: what is checked of arguments, and the conditions. What the operations compute is
//! tested in `number/`.

use super::check;

#[test]
fn generic() {
    check(
        r##"
        (+) => 0
        (+ 1) => 1
        (+ 1 2 3.5) => 6.5
        (+ 'a) => Assertion: +: expected a number as argument 1, `number`
        (+ 1 2 'a) => Assertion: +: expected a number as argument 3, `number`
        (*) => 1
        (* 2 3 1/2) => 3
        (* 0 'a) => Assertion: *: expected a number as argument 2, `number`
        (- 3) => -3
        (- 3 4 5) => -6
        (- 3 "x") => Assertion: -: expected a number as argument 2, `number`
        (/ 2) => 1/2
        (/ 3 4 5) => 3/20
        (/ 0.0) => +inf.0
        (/ 0) => Assertion: /: division by zero
        (/ 1 2 0) => Assertion: /: division by zero
        (= 1 1.0 1) => #t
        (= 'a 1) => Assertion: =: expected a number as argument 1, `number`
        (< 1 0 'a) => Assertion: <: expected a real number as argument 3, `number`
        (< 1 2 3) => #t
        (< 1 2 2) => #f
        (<= 1 2 2) => #t
        (> 1 1+i) => Assertion: >: expected a real number as argument 2, `number`
        (>= 3 2 2.0) => #t
        (max 1 2 3.0) => 3.0
        (max 1 'a) => Assertion: max: expected a real number as argument 2, `number`
        (min 1) => 1
        (min 3 1.0 2) => 1.0
        (even? 0) => #t
        (even? 1.5) => Assertion: even?: expected an integer as argument 1, `n`
        (exact? 'a) => Assertion: exact?: expected a number as argument 1, `z`
        (exact +inf.0) => ImplementationRestriction: exact: no exact number is near this one
        (div-and-mod -7 2) => -4 1
        (div0-and-mod0 -7 2) => -3 -1
        (div 1 0) => Assertion: div: division by zero
        (mod 1.0 0.0) => Assertion: mod: division by zero
        (div +inf.0 1) => Assertion: div: expected a finite real number as argument 1, `x`
        (div 1 +inf.0) => 0.0
        (gcd) => 0
        (gcd 32 -36) => 4
        (gcd 12 18 2.0) => 2.0
        (gcd 1/2) => Assertion: gcd: expected an integer as argument 1, `number`
        (lcm) => 1
        (lcm 4 -6) => 12
        (lcm -4) => 4
        (numerator +inf.0) => Assertion: numerator: expected a rational number as argument 1, `q`
        (log 0) => Assertion: log: undefined for these arguments
        (log 8 2) => 3.0
        (atan 1 1+i) => Assertion: atan: expected a real number as argument 2, `x`
        (atan 1+i 1) => Assertion: atan: expected a real number as argument 1, `number`
        (atan 0 0) => Assertion: atan: undefined for these arguments
        (exact-integer-sqrt 17) => 4 1
        (exact-integer-sqrt -1) => Assertion: exact-integer-sqrt: expected a non-negative exact integer as argument 1, `k`
        (exact-integer-sqrt 4.0) => Assertion: exact-integer-sqrt: expected a non-negative exact integer as argument 1, `k`
        (expt 0 -5) => ImplementationRestriction: expt: zero to a power that is not positive has no value
        (expt 2 (expt 2 100)) => ImplementationRestriction: expt: the result would be too large to compute
        (expt 2 10000000000) => ImplementationRestriction: expt: the result would be too large to compute
        (quotient -7 2) => -3
        (quotient 7.5 2) => Assertion: quotient: expected an integer as argument 1, `n1`
        (modulo 7 0) => Assertion: modulo: division by zero
        (exact->inexact 1/4) => 0.25
        (inexact->exact 0.25) => 1/4
        (rationalize 3/10 1/10) => 1/3
        (make-polar 1 0) => 1
        (angle 0) => Assertion: angle: undefined for these arguments
        "##,
    )
}

#[test]
fn text() {
    check(
        r##"
        (number->string 255 16) => "FF"
        (number->string 0.1) => "0.1"
        (number->string 1.5 10 10) => "1.5|10"
        (number->string 1.1 10 (expt 2 100)) => "1.1|2305843009213693951"
        (number->string 1 10 5) => Assertion: number->string: a precision is for an inexact number in radix 10
        (number->string 1.5 2 5) => Assertion: number->string: a precision is for an inexact number in radix 10
        (number->string 1.5 10 0) => Assertion: number->string: expected an exact positive integer as argument 3, `precision`
        (number->string 1 7) => Assertion: number->string: expected a radix: 2, 8, 10 or 16 as argument 2, `radix`
        (number->string 'a) => Assertion: number->string: expected a number as argument 1, `z`
        (string->number "1e2") => 100.0
        (string->number "ff" 16) => 255
        (string->number "#b101" 16) => 5
        (string->number "1 ") => #f
        (string->number "λ") => #f
        (string->number "é") => #f
        (string->number "#e1e1000000000") => #f
        (string->number 1) => Assertion: string->number: expected a string as argument 1, `string`
        (string->number "1" 37) => Assertion: string->number: expected a radix: 2, 8, 10 or 16 as argument 2, `radix`
        "##,
    )
}

#[test]
fn fixnums() {
    check(
        r##"
        (fixnum-width) => 62
        (least-fixnum) => -2305843009213693952
        (greatest-fixnum) => 2305843009213693951
        (fixnum? (greatest-fixnum)) => #t
        (fixnum? (+ 1 (greatest-fixnum))) => #f
        (fixnum? 1.0) => #f
        (fx=? 1 1 2) => #f
        (fx<? 1 2 3) => #t
        (fx>? 3 2 'a) => Assertion: fx>?: expected a fixnum as argument 3, `number`
        (fx<=? 1 1 2) => #t
        (fx>=? 1 2) => #f
        (fxmax 1 3 2) => 3
        (fxmin 1 -3 2) => -3
        (fx+ (greatest-fixnum) 1) => ImplementationRestriction: fx+: the result is no fixnum
        (fx+ 1 1.0) => Assertion: fx+: expected a fixnum as argument 2, `fx2`
        (fx* (greatest-fixnum) (greatest-fixnum)) => ImplementationRestriction: fx*: the result is no fixnum
        (fx* -1 (least-fixnum)) => ImplementationRestriction: fx*: the result is no fixnum
        (fx- (least-fixnum)) => Assertion+ImplementationRestriction: fx-: the result is no fixnum
        (fx- (least-fixnum) 1) => Assertion+ImplementationRestriction: fx-: the result is no fixnum
        (fx- 5) => -5
        (fx- 5 7) => -2
        (fxdiv -7 2) => -4
        (fxmod -7 2) => 1
        (fxdiv0 7 2) => 4
        (fxmod0 7 2) => -1
        (fxdiv 1 0) => Assertion: fxdiv: division by zero
        (fxmod0 1 0) => Assertion: fxmod0: division by zero
        (fxdiv (least-fixnum) -1) => ImplementationRestriction: fxdiv: the result is no fixnum
        (fxmod (least-fixnum) -1) => 0
        (fxdiv-and-mod 123 -10) => -12 3
        (fxdiv0-and-mod0 127 10) => 13 -3
        (fx+/carry (greatest-fixnum) 1 0) => -2305843009213693952 1
        (fx+/carry 1 2 3) => 6 0
        (fx-/carry (least-fixnum) 1 0) => 2305843009213693951 -1
        (fx*/carry (least-fixnum) (least-fixnum) (greatest-fixnum)) => 2305843009213693951 1152921504606846976
        (fx*/carry (greatest-fixnum) (greatest-fixnum) 0) => 1 1152921504606846975
        (fx*/carry (least-fixnum) (greatest-fixnum) (least-fixnum)) => 0 -1152921504606846976
        (fxnot 5) => -6
        (fxand) => -1
        (fxand 12 10 -1) => 8
        (fxior 12 10) => 14
        (fxxor 12 10 1) => 7
        (fxior 1 'a) => Assertion: fxior: expected a fixnum as argument 2, `number`
        (fxif 12 10 5) => 9
        (fxbit-count 7) => 3
        (fxbit-count -5) => -2
        (fxlength 8) => 4
        (fxlength -8) => 3
        (fxlength 0) => 0
        (fxfirst-bit-set 0) => -1
        (fxfirst-bit-set -4) => 2
        (fxfirst-bit-set (least-fixnum)) => 61
        (fxbit-set? 5 2) => #t
        (fxbit-set? -1 61) => #t
        (fxbit-set? 1 62) => Assertion: fxbit-set?: expected a bit position in a fixnum as argument 2, `k`
        (fxcopy-bit 0 3 1) => 8
        (fxcopy-bit 15 0 0) => 14
        (fxcopy-bit 0 61 1) => -2305843009213693952
        (fxcopy-bit 0 1 2) => Assertion: fxcopy-bit: expected 0 or 1 as argument 3, `bit`
        (fxbit-field 53 1 4) => 2
        (fxbit-field -1 0 61) => 2305843009213693951
        (fxbit-field 5 3 1) => Assertion: fxbit-field: the field ends before it starts
        (fxcopy-bit-field 0 2 5 -1) => 28
        (fxcopy-bit-field -1 2 5 0) => -29
        (fxarithmetic-shift 5 3) => 40
        (fxarithmetic-shift -5 -1) => -3
        (fxarithmetic-shift 1 60) => 1152921504606846976
        (fxarithmetic-shift 1 61) => ImplementationRestriction: fxarithmetic-shift: the result is no fixnum
        (fxarithmetic-shift -1 61) => -2305843009213693952
        (fxarithmetic-shift 0 61) => 0
        (fxarithmetic-shift 1 62) => Assertion: fxarithmetic-shift: expected a distance less than the fixnum width as argument 2, `distance`
        (fxarithmetic-shift-left 1 -1) => Assertion: fxarithmetic-shift-left: expected a bit position in a fixnum as argument 2, `distance`
        (fxarithmetic-shift-right -8 61) => -1
        (fxrotate-bit-field 82 1 5 1) => 70
        (fxrotate-bit-field 5 2 2 0) => 5
        (fxrotate-bit-field 5 0 3 4) => Assertion: fxrotate-bit-field: the count exceeds the field's width
        (fxreverse-bit-field 82 1 4) => 88
        (fxreverse-bit-field -1 0 61) => -1
        (fxreverse-bit-field 1 0 61) => 1152921504606846976
        (fxreverse-bit-field 5 3 3) => 5
        "##,
    )
}

#[test]
fn flonums() {
    check(
        r##"
        (flonum? 1.0) => #t
        (flonum? 1) => #f
        (real->flonum 1/3) => 0.3333333333333333
        (real->flonum 1+i) => Assertion: real->flonum: expected a real number as argument 1, `x`
        (fixnum->flonum (greatest-fixnum)) => 2305843009213694000.0
        (fl=? +inf.0 +inf.0) => #t
        (fl=? 0.0 -0.0) => #t
        (fl<? 0.0 -0.0) => #f
        (fl=? +nan.0 1.0) => #f
        (fl<? 1.0 2.0 1) => Assertion: fl<?: expected a flonum as argument 3, `number`
        (fl>=? 3.0 2.0 2.0) => #t
        (flinteger? 1.5) => #f
        (flinteger? +inf.0) => #f
        (flnegative? -0.0) => #f
        (flodd? 3.0) => #t
        (fleven? 1e300) => #t
        (flodd? 1.5) => Assertion: flodd?: expected an integral flonum as argument 1, `ifl`
        (flmax 1.0 +nan.0) => +nan.0
        (flmin +nan.0 1.0) => +nan.0
        (flmax 1.0 3.0 2.0) => 3.0
        (fl+) => 0.0
        (fl+ -0.0) => -0.0
        (fl+ 1.0 2.0 3.0) => 6.0
        (fl+ 1.0 2) => Assertion: fl+: expected a flonum as argument 2, `number`
        (fl+ 1) => Assertion: fl+: expected a flonum as argument 1, `fl`
        (fl*) => 1.0
        (fl* 2.0 3.0) => 6.0
        (fl- 0.0) => -0.0
        (fl- +inf.0 +inf.0) => +nan.0
        (fl- 5.0 1.0 2.0) => 2.0
        (fl/ 2.0) => 0.5
        (fl/ 0.0 0.0) => +nan.0
        (fl/ -1.0 0.0) => -inf.0
        (flabs -0.0) => 0.0
        (fldiv -7.0 2.0) => -4.0
        (flmod -7.0 2.0) => 1.0
        (fldiv-and-mod 7.5 -2.0) => -3.0 1.5
        (fldiv0-and-mod0 -5.0 10.0) => 0.0 -5.0
        (flmod 1.0 0.0) => +nan.0
        (flnumerator 0.75) => 3.0
        (fldenominator 0.75) => 4.0
        (flnumerator -0.0) => -0.0
        (flnumerator -inf.0) => -inf.0
        (fldenominator -inf.0) => 1.0
        (fldenominator 0.0) => 1.0
        (flround 2.5) => 2.0
        (flround -2.5) => -2.0
        (flfloor -4.3) => -5.0
        (flceiling -inf.0) => -inf.0
        (fltruncate +nan.0) => +nan.0
        (flexp -inf.0) => 0.0
        (fllog 0.0) => -inf.0
        (fllog -1.0) => +nan.0
        (fllog -inf.0) => +nan.0
        (fllog 8.0 2.0) => 3.0
        (flatan 1.0 -0.0) => 1.5707963267948966
        (flsqrt -0.0) => -0.0
        (flsqrt -1.0) => +nan.0
        (flexpt 0.0 0.0) => 1.0
        (flexpt -8.0 3.0) => -512.0
        (flexpt -8.0 0.5) => +nan.0
        "##,
    )
}

#[test]
fn bitwise() {
    check(
        r##"
        (bitwise-and) => -1
        (bitwise-and 12 10 -1) => 8
        (bitwise-ior) => 0
        (bitwise-xor 5 5) => 0
        (bitwise-and 1 1.0) => Assertion: bitwise-and: expected an exact integer as argument 2, `number`
        (bitwise-not 1/2) => Assertion: bitwise-not: expected an exact integer as argument 1, `ei`
        (bitwise-bit-set? 5 -1) => Assertion: bitwise-bit-set?: expected a non-negative exact integer as argument 2, `k`
        (bitwise-copy-bit 0 3 2) => Assertion: bitwise-copy-bit: expected 0 or 1 as argument 3, `number`
        (bitwise-bit-field 5 3 1) => Assertion: bitwise-bit-field: expected a position not after the field's end as argument 2, `number`
        (bitwise-arithmetic-shift 1 100) => 1267650600228229401496703205376
        (bitwise-arithmetic-shift-left 1 -1) => Assertion: bitwise-arithmetic-shift-left: expected a non-negative exact integer as argument 2, `count`
        (bitwise-arithmetic-shift-right -5 1) => -3
        (bitwise-arithmetic-shift-right -5 (expt 2 100)) => -1
        (bitwise-arithmetic-shift 1 (expt 10 18)) => ImplementationRestriction: bitwise-arithmetic-shift: the result would be too large to compute
        (bitwise-rotate-bit-field 82 1 5 1) => 70
        (bitwise-reverse-bit-field 82 1 4) => 88
        (bitwise-copy-bit-field 0 2 5 -1) => 28
        (bitwise-if 12 10 5) => 9
        (bitwise-first-bit-set -4) => 2
        (bitwise-bit-count -5) => -2
        (bitwise-length -9) => 4
        "##,
    )
}

#[test]
fn vicare() {
    check(
        r##"
        (!= 1 2 3) => #t
        (!= 1 2 1.0) => #f
        (!= 1) => #f
        (add1 1/2) => 3/2
        (sub1 0) => -1
        (square 1.5) => 2.25
        (cube -3) => -27
        (cbrt 27) => 3
        (factorial 0) => 1
        (factorial 30) => 265252859812191058636308480000000
        (factorial -1) => Assertion: factorial: expected a non-negative exact integer as argument 1, `n`
        (factorial (expt 10 18)) => ImplementationRestriction: factorial: the result would be too large to compute
        (sign -5) => -1
        (sign -5.5) => -1.0
        (sign -0.0) => -0.0
        (non-negative? +nan.0) => #f
        (non-negative? -0.0) => #t
        (non-positive? 0) => #t
        (quotient+remainder -7 2) => -3 -1
        (complex-conjugate 1+2i) => 1-2i
        (complex-conjugate 1.5) => 1.5
        (sinh 0) => 0
        (sll 1 70) => 1180591620717411303424
        (sra -5 1) => -3
        (sll 1 -1) => Assertion: sll: expected a non-negative exact integer as argument 2, `count`
        (least-positive-bignum) => 2305843009213693952
        (greatest-negative-bignum) => -2305843009213693953
        (bytevector->bignum (bignum->bytevector (greatest-negative-bignum))) => -2305843009213693953
        (bytevector->bignum #vu8()) => 0
        (bignum->bytevector 1) => Assertion: bignum->bytevector: expected a bignum as argument 1, `bignum`
        (random 1) => 0
        (random 0) => Assertion: random: expected a positive exact integer as argument 1, `n`
        (< -1 (random (expt 10 30)) (expt 10 30)) => #t
        (bignum-odd? (add1 (least-positive-bignum))) => #t
        (ratnum-negative? -1/2) => #t
        (ratnum-negative? 5) => Assertion: ratnum-negative?: expected a ratnum as argument 1, `number`
        (exact-integer? 1.0) => #f
        (positive-fixnum? 'a) => #f
        (non-negative-exact-integer? (expt 2 70)) => #t
        (octet-fixnum? 256) => #f
        (byte-fixnum? -128) => #t
        (negative-zero-flonum? -0.0) => #t
        (non-negative-flonum? +nan.0) => #f
        (compnum? 1+i) => #t
        (cflonum? 1.0+i) => #t
        (zero-cflonum? 0.0+0.0i) => #t
        (fx!=? 1 2 1) => #f
        (fx= 1 1) => #t
        (fxabs (least-fixnum)) => ImplementationRestriction: fxabs: the result is no fixnum
        (fxadd1 (greatest-fixnum)) => ImplementationRestriction: fxadd1: the result is no fixnum
        (fxquotient -7 2) => -3
        (fxremainder -7 2) => -1
        (fxmodulo -7 2) => 1
        (fxmodulo 1 0) => Assertion: fxmodulo: division by zero
        (fxsll 1 3) => 8
        (fxsra -5 1) => -3
        (fixnum->string 255 16) => "FF"
        (fixnum->char 955) => #\λ
        (fixnum->char 55296) => Assertion: fixnum->char: expected a Unicode scalar value as argument 1, `fx`
        (fixnum-in-character-range? -1) => #f
        (fl!=? 1.0 2.0) => #t
        (flsquare 3.0) => 9.0
        (flhypot 3.0 4.0) => 5.0
        (flzero?/negative -0.0) => #t
        (flonum->string 1.5) => "1.5"
        (string->flonum "1/4") => 0.25
        (string->flonum "1+i") => #f
        (bytevector->flonum (flonum->bytevector 1.5)) => 1.5
        (bytevector->flonum #vu8(1)) => Assertion: bytevector->flonum: expected a bytevector of 8 octets as argument 1, `bytevector`
        (flonum-bytes 1.0) => 63 240 0 0 0 0 0 0
        (flonum-parts -1.5) => #f 1023 2251799813685248
        "##,
    )
}

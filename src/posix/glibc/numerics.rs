//! Functions of the mathematical library, on flonums and inexact complex numbers, and the C library's random numbers.

use crate::eval::{Machine, Res, Single, Who};
use crate::heap::{Compnum, Value, View};
use crate::number::to_f64;
use crate::posix::argument::{Int, UInt};
use vicar_macros::primitives;

/// A C `double complex`, which is passed like a structure of its parts.
#[repr(C)]
#[derive(Copy, Clone)]
struct Complex {
    re: f64,
    im: f64,
}

mod c {
    use super::Complex;
    unsafe extern "C" {
        pub safe fn csin(z: Complex) -> Complex;
        pub safe fn ccos(z: Complex) -> Complex;
        pub safe fn ctan(z: Complex) -> Complex;
        pub safe fn casin(z: Complex) -> Complex;
        pub safe fn cacos(z: Complex) -> Complex;
        pub safe fn catan(z: Complex) -> Complex;
        pub safe fn csinh(z: Complex) -> Complex;
        pub safe fn ccosh(z: Complex) -> Complex;
        pub safe fn ctanh(z: Complex) -> Complex;
        pub safe fn casinh(z: Complex) -> Complex;
        pub safe fn cacosh(z: Complex) -> Complex;
        pub safe fn catanh(z: Complex) -> Complex;
        pub safe fn cexp(z: Complex) -> Complex;
        pub safe fn clog(z: Complex) -> Complex;
        pub safe fn clog10(z: Complex) -> Complex;
        pub safe fn csqrt(z: Complex) -> Complex;
        pub safe fn cpow(z: Complex, w: Complex) -> Complex;
        pub safe fn sinh(x: f64) -> f64;
        pub safe fn cosh(x: f64) -> f64;
        pub safe fn tanh(x: f64) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
        pub safe fn tgamma(x: f64) -> f64;
        pub safe fn j0(x: f64) -> f64;
        pub safe fn j1(x: f64) -> f64;
        pub safe fn y0(x: f64) -> f64;
        pub safe fn y1(x: f64) -> f64;
        pub safe fn jn(n: libc::c_int, x: f64) -> f64;
        pub safe fn yn(n: libc::c_int, x: f64) -> f64;
        pub safe fn lgamma_r(x: f64, sign: &mut libc::c_int) -> f64;
        pub safe fn rand() -> libc::c_int;
        pub safe fn srand(seed: libc::c_uint);
    }
}

/// A real number, as the nearest flonum.
struct Real(f64);

impl Single for Real {
    const WHAT: &'static str = "a real number";
    fn convert(v: Value) -> Option<Real> {
        to_f64(v).map(Real)
    }
}

impl Single for Complex {
    const WHAT: &'static str = "a number";
    fn convert(v: Value) -> Option<Complex> {
        match Compnum::from_value(v) {
            Some(z) => Some(Complex { re: to_f64(z.real_part())?, im: to_f64(z.imag_part())? }),
            None => to_f64(v).map(|re| Complex { re, im: 0.0 }),
        }
    }
}

fn complex(m: &mut Machine, z: Complex) -> Res {
    let parts = [m.heap.flonum(z.re), m.heap.flonum(z.im)];
    Ok(m.heap.compnum(parts[0], parts[1]))
}

macro_rules! functions {
    (complex { $($z:ident $z_name:literal)* } real { $($x:ident $x_name:literal)* } named_as_others { $($y:ident $y_name:literal $y_internal:literal)* }) => {
        #[primitives]
        pub mod functions {
            use super::*;

            $(
                #[doc = concat!("`(", $z_name, " z)`: C's function of that name: an inexact complex number of a number.")]
                #[primitive(name = $z_name)]
                fn $z(m: &mut Machine, z: Complex) -> Res { complex(m, c::$z(z)) }
            )*
            $(
                #[doc = concat!("`(", $x_name, " x)`: C's function of that name: a flonum of a real number.")]
                #[primitive(name = $x_name)]
                fn $x(m: &mut Machine, x: Real) -> Res { Ok(m.heap.flonum(c::$x(x.0))) }
            )*
            $(
                #[doc = concat!("`(", $y_name, " x)`: C's function of that name: a flonum of a real number.")]
                #[primitive(name = $y_internal)]
                fn $y(m: &mut Machine, x: Real) -> Res { Ok(m.heap.flonum(c::$y(x.0))) }
            )*
        }
    };
}

functions! {
    complex {
        csin "csin" ccos "ccos" ctan "ctan" casin "casin" cacos "cacos" catan "catan" csinh "csinh" ccosh "ccosh"
        ctanh "ctanh" casinh "casinh" cacosh "cacosh" catanh "catanh" cexp "cexp" clog "clog" clog10 "clog10"
        csqrt "csqrt"
    }
    real {
        erf "erf" erfc "erfc" tgamma "tgamma" j0 "j0" j1 "j1" y0 "y0" y1 "y1"
    }
    named_as_others {
        sinh "sinh" "%glibc:sinh" cosh "cosh" "%glibc:cosh" tanh "tanh" "%glibc:tanh"
        asinh "asinh" "%glibc:asinh" acosh "acosh" "%glibc:acosh" atanh "atanh" "%glibc:atanh"
    }
}

/// Takes the fuel for a Bessel function of order `n`, for which C takes as many steps.
fn admit_order(m: &mut Machine, who: &str, n: Int) -> Res<()> {
    /// A millisecond's work: C cannot be asked to stop.
    const MOST: u32 = 1 << 16;
    if n.0.unsigned_abs() > MOST {
        return Err(m.wrong_argument(who, "n", 1, "an order of -65536 to 65536", n.value()));
    }
    m.charge(n.0.unsigned_abs() as usize / 8)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(cpow z w)`: a number raised to another, an inexact complex number. cpow(3)
    fn cpow(m: &mut Machine, z: Complex, w: Complex) -> Res {
        complex(m, c::cpow(z, w))
    }

    /// `(lgamma x)`: the logarithm of the absolute value of the gamma function. lgamma(3)
    fn lgamma(m: &mut Machine, x: Real) -> Res {
        // The sign is dropped.
        let value = c::lgamma_r(x.0, &mut 0);
        Ok(m.heap.flonum(value))
    }

    /// `(jn n x)`: the Bessel function of the first kind of order `n`, -65536 to 65536. jn(3)
    fn jn(m: &mut Machine, who: Who, n: Int, x: Real) -> Res {
        admit_order(m, who, n)?;
        Ok(m.heap.flonum(c::jn(n.0, x.0)))
    }

    /// `(yn n x)`: the Bessel function of the second kind of order `n`, -65536 to 65536. yn(3)
    fn yn(m: &mut Machine, who: Who, n: Int, x: Real) -> Res {
        admit_order(m, who, n)?;
        Ok(m.heap.flonum(c::yn(n.0, x.0)))
    }

    /// `(rand)`: the next number of the C library's pseudo-random sequence, which the process has in common. rand(3)
    fn rand() -> Res {
        Ok(Value::fixnum(c::rand().into()))
    }

    /// `(srand seed)`: begins another sequence. srand(3)
    fn srand(seed: UInt) -> Res {
        c::srand(seed.0);
        Ok(Value::VOID)
    }
}

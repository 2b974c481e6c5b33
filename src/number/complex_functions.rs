//! Elementary functions of complex numbers as pairs of flonums, after Kahan, "Branch Cuts for Complex Elementary
//! Functions, or Much Ado About Nothing's Sign Bit" (1987). Knows nothing of values.

use super::flonum::scale;
use std::f64::consts::{FRAC_PI_2, LN_2};

/// Real and imaginary part.
pub type Complex = (f64, f64);

/// A product in which a zero wins over an infinity.
pub(super) fn times(a: f64, b: f64) -> f64 {
    if (a == 0.0 && b.is_infinite()) || (b == 0.0 && a.is_infinite()) {
        0f64.copysign(a.signum() * b.signum())
    } else {
        a * b
    }
}

pub fn exp_complex((x, y): Complex) -> Complex {
    // In two factors, so that the cosine can bring an overflow back into range.
    let half = (x / 2.0).exp();
    if x > 700.0 {
        return (times(times(half, y.cos()), half), times(times(half, y.sin()), half));
    }
    let e = x.exp();
    (times(e, y.cos()), times(e, y.sin()))
}

pub fn log_complex((x, y): Complex) -> Complex {
    let (big, small) = (x.abs().max(y.abs()), x.abs().min(y.abs()));
    let re = if x.is_infinite() || y.is_infinite() {
        f64::INFINITY
    } else if big > 0.5 && big < 3.0 && small < 3.0 {
        // |z| may be near 1, where its difference from 1 is what counts.
        0.5 * ((big - 1.0) * (big + 1.0) + small * small).ln_1p()
    } else if big > f64::MAX / 4.0 {
        (x / 4.0).hypot(y / 4.0).ln() + 2.0 * LN_2
    } else {
        x.hypot(y).ln()
    };
    (re, y.atan2(x))
}

pub fn sqrt_complex((x, y): Complex) -> Complex {
    if x == 0.0 && y == 0.0 {
        return (0.0, y);
    }
    if y.is_infinite() {
        return (f64::INFINITY, y);
    }
    if x.is_infinite() {
        return if x > 0.0 { (x, times(0.0, y)) } else { (0.0, x.abs().copysign(y)) };
    }
    let big = x.abs().max(y.abs());
    let weight = if big > f64::MAX / 4.0 {
        -4
    } else if big < f64::MIN_POSITIVE * 1e20 {
        200
    } else {
        0
    };
    let (a, b) = (scale(x, weight), scale(y, weight));
    let t = ((a.abs() + a.hypot(b)) / 2.0).sqrt();
    let (re, im) = if a >= 0.0 { (t, b / (2.0 * t)) } else { (b.abs() / (2.0 * t), t.copysign(b)) };
    (scale(re, -weight / 2), scale(im, -weight / 2))
}

pub fn sinh_complex((x, y): Complex) -> Complex {
    (times(x.sinh(), y.cos()), times(x.cosh(), y.sin()))
}

pub fn cosh_complex((x, y): Complex) -> Complex {
    (times(x.cosh(), y.cos()), times(x.sinh(), y.sin()))
}

pub fn tanh_complex((x, y): Complex) -> Complex {
    if x.abs() > 175.0 {
        return (1f64.copysign(x), 0f64.copysign(y));
    }
    let t = y.tan();
    let beta = 1.0 + t * t;
    let s = x.sinh();
    let rho = (1.0 + s * s).sqrt();
    if t.is_infinite() {
        return (rho / s, 1.0 / t);
    }
    let denominator = 1.0 + beta * s * s;
    (beta * rho * s / denominator, t / denominator)
}

/// i z
fn rotate((x, y): Complex) -> Complex {
    (-y, x)
}

/// -i z
fn rotate_back((x, y): Complex) -> Complex {
    (y, -x)
}

pub fn sin_complex(z: Complex) -> Complex {
    rotate_back(sinh_complex(rotate(z)))
}

pub fn cos_complex(z: Complex) -> Complex {
    cosh_complex(rotate(z))
}

pub fn tan_complex(z: Complex) -> Complex {
    rotate_back(tanh_complex(rotate(z)))
}

pub fn asin_complex((x, y): Complex) -> Complex {
    let (a, b) = (sqrt_complex((1.0 - x, -y)), sqrt_complex((1.0 + x, y)));
    ((x / (a.0 * b.0 - a.1 * b.1)).atan(), (a.0 * b.1 - a.1 * b.0).asinh())
}

pub fn acos_complex((x, y): Complex) -> Complex {
    let (a, b) = (sqrt_complex((1.0 - x, -y)), sqrt_complex((1.0 + x, y)));
    (2.0 * a.0.atan2(b.0), (b.0 * a.1 - b.1 * a.0).asinh())
}

pub fn acosh_complex((x, y): Complex) -> Complex {
    let (a, b) = (sqrt_complex((x - 1.0, y)), sqrt_complex((x + 1.0, y)));
    ((a.0 * b.0 + a.1 * b.1).asinh(), 2.0 * a.1.atan2(b.0))
}

pub fn asinh_complex(z: Complex) -> Complex {
    rotate(asin_complex(rotate_back(z)))
}

pub fn atanh_complex((x, y): Complex) -> Complex {
    let theta = f64::MAX.sqrt() / 4.0;
    let rho = 1.0 / theta;
    let beta = 1f64.copysign(x);
    let (x, y) = (beta * x, -beta * y);
    let (re, im) = if x > theta || y.abs() > theta {
        // Re(1/z)
        let re = if x.is_infinite() || y.is_infinite() { 0.0 } else { 1.0 / (x + y / x * y) };
        (if x == 0.0 { 0.0 } else { re }, FRAC_PI_2.copysign(y))
    } else if x == 1.0 && y == 0.0 {
        (f64::INFINITY, 0f64.copysign(y))
    } else if x == 1.0 {
        let t = y.abs() + rho;
        ((4.0 + y * y).sqrt().sqrt().ln() - t.sqrt().ln(), (FRAC_PI_2 + (t / 2.0).atan()).copysign(y) / 2.0)
    } else {
        let t = y.abs() + rho;
        let re = (4.0 * x / ((1.0 - x) * (1.0 - x) + t * t)).ln_1p() / 4.0;
        (re, (2.0 * y).atan2((1.0 - x) * (1.0 + x) - t * t) / 2.0)
    };
    (beta * re, -beta * im)
}

pub fn atan_complex(z: Complex) -> Complex {
    rotate_back(atanh_complex(rotate(z)))
}

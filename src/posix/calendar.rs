//! Calendar time: `localtime gmtime timelocal timegm strftime`. A `struct tm` travels as its eleven fields.

use super::argument::Int;
use super::bound::FORMAT;
use super::sys::time::{self as sys, Zone};
use crate::eval::{Capability::Clock, Machine, Res, Single};
use crate::heap::{Bytevector, Str, Value, View};
use crate::memory::{from_i64, to_i128};
use crate::primitives::work::SYSTEM_CALL;
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use vicar_macros::primitives;

/// Seconds since the Epoch.
struct Seconds(i64, Value);

impl Single for Seconds {
    const WHAT: &'static str = "an exact integer in the range of a C time_t";
    fn convert(v: Value) -> Option<Seconds> {
        to_i128(v).and_then(|n| i64::try_from(n).ok()).map(|n| Seconds(n, v))
    }
}

/// A `struct tm` as a list of its fields, with its zone's name.
struct BrokenDown {
    tm: libc::tm,
    zone: CString,
}

impl Single for BrokenDown {
    const WHAT: &'static str = "a struct-tm whose fields are exact integers, a boolean and a short bytevector";
    fn convert(v: Value) -> Option<BrokenDown> {
        let fields: Vec<Value> = v.list_iter().take(12).collect();
        let [sec, min, hour, mday, mon, year, wday, yday, isdst, gmtoff, zone] = fields[..] else { return None };
        let int = |v: Value| Int::convert(v).map(|n| n.0);
        let zone = if zone.is_false() { None } else { Some(Bytevector::from_value(zone)?) };
        let zone = zone.as_ref().map_or(&[][..], |zone| zone.bytes());
        if zone.len() > FORMAT.0 {
            return None;
        }
        let zone = CString::new(zone).ok()?;
        let tm = libc::tm {
            tm_sec: int(sec)?,
            tm_min: int(min)?,
            tm_hour: int(hour)?,
            tm_mday: int(mday)?,
            tm_mon: int(mon)?,
            tm_year: int(year)?,
            tm_wday: int(wday)?,
            tm_yday: int(yday)?,
            tm_isdst: if isdst.is_boolean() { isdst.is_true() as i32 } else { int(isdst)? },
            tm_gmtoff: Seconds::convert(gmtoff)?.0,
            tm_zone: std::ptr::null(),
        };
        Some(BrokenDown { tm, zone })
    }
}

/// The fields, as values.
fn fields(m: &mut Machine, tm: &libc::tm, zone: Option<CString>) -> Value {
    let zone = zone.map_or(Value::FALSE, |zone| m.heap.bytevector(zone.to_bytes()));
    let numbers = [tm.tm_sec, tm.tm_min, tm.tm_hour, tm.tm_mday, tm.tm_mon, tm.tm_year, tm.tm_wday, tm.tm_yday];
    let mut values: Vec<Value> = numbers.iter().map(|&n| Value::fixnum(n as i64)).collect();
    values.push(Value::boolean(tm.tm_isdst > 0));
    values.push(from_i64(&mut m.heap, tm.tm_gmtoff));
    values.push(zone);
    m.heap.multiple_values(&values)
}

/// Whether C can read the file that `TZ` names, if it names one, in no time and into little memory: it waits for the other
/// side of a FIFO, and reads as much as a file says that there is.
fn is_zone_prompt() -> bool {
    /// Many times the largest there is.
    const LARGEST: u64 = 1 << 20;
    /// Where the C library looks.
    const FOLDER: &str = "/usr/share/zoneinfo";
    let Some(zone) = std::env::var_os("TZ") else { return true };
    let name = zone.as_bytes();
    let name = OsStr::from_bytes(name.strip_prefix(b":").unwrap_or(name));
    let folder = std::env::var_os("TZDIR").filter(|folder| !folder.is_empty());
    let path = Path::new(folder.as_deref().unwrap_or(OsStr::new(FOLDER))).join(name);
    match std::fs::metadata(path) {
        // Of a folder nothing is read.
        Ok(file) => file.is_dir() || file.is_file() && file.len() <= LARGEST,
        Err(_) => true,
    }
}

/// The program may have set `TZ` since the last look.
fn look_at_zone(m: &mut Machine, who: &str) -> Res<()> {
    if m.owns_process {
        m.charge(SYSTEM_CALL)?;
        if !is_zone_prompt() {
            let message = "TZ names something that is not a plain file of at most a megabyte";
            return Err(m.error(who, message, &[]));
        }
        // It reads the environment; the process has one thread.
        sys::tzset();
    }
    Ok(())
}

fn break_down(m: &mut Machine, who: &str, time: Seconds, zone: Zone) -> Res {
    m.require(Clock, who)?;
    look_at_zone(m, who)?;
    match sys::break_down(time.0, zone) {
        Some((tm, zone)) => Ok(fields(m, &tm, zone)),
        None => Err(m.error(who, "the time has no date", &[time.1])),
    }
}

fn put_together(m: &mut Machine, who: &str, tm: &BrokenDown, f: fn(&mut libc::tm) -> libc::time_t) -> Res {
    m.require(Clock, who)?;
    look_at_zone(m, who)?;
    let mut copy = tm.tm;
    // What the functions fill in tells -1, the second before the Epoch, from failure.
    copy.tm_wday = -1;
    let time = f(&mut copy);
    if time == -1 && copy.tm_wday == -1 {
        return Err(m.error(who, "the date has no time", &[]));
    }
    Ok(from_i64(&mut m.heap, time))
}

/// A template: Latin-1.
struct Template(CString, Value);

impl Single for Template {
    const WHAT: &'static str = "a string of Latin-1 characters or a bytevector, without NUL";
    fn convert(v: Value) -> Option<Template> {
        // Of what is too long, as much as shows that.
        const MOST: usize = FORMAT.0 + 1;
        let bytes = match Str::from_value(v) {
            Some(s) => s.chars().take(MOST).map(|c| u8::try_from(c as u32).ok()).collect::<Option<Vec<u8>>>()?,
            None => {
                let bytes = Bytevector::from_value(v)?;
                bytes.bytes()[..bytes.len().min(MOST)].to_vec()
            }
        };
        Some(Template(CString::new(bytes).ok()?, v))
    }
}

fn format(m: &mut Machine, who: &str, template: &Template, date: BrokenDown) -> Res<Vec<u8>> {
    m.require(Clock, who)?;
    look_at_zone(m, who)?;
    if template.0.as_bytes().len() > FORMAT.0 {
        return Err(m.error(who, "the template is longer than 4096 bytes", &[template.1]));
    }
    // A template may make an empty text, so one byte more tells that from failure.
    let marked = [template.0.as_bytes(), b"."].concat();
    let marked = CString::new(marked).unwrap_or_default();
    let mut buffer = vec![0u8; 4098];
    let used = sys::strftime(&mut buffer, &marked, &date.tm, &date.zone);
    if used == 0 {
        return Err(m.error(who, "the text is longer than 4096 bytes", &[template.1]));
    }
    buffer.truncate(used - 1);
    Ok(buffer)
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%localtime time)`: the fields of a `struct-tm` in the system's zone, as values. localtime(3)
    #[primitive(control)]
    fn localtime(m: &mut Machine, time: Seconds) -> Res {
        break_down(m, "localtime", time, Zone::Local)
    }

    /// `(%gmtime time)`: the same in UTC. gmtime(3)
    #[primitive(control)]
    fn gmtime(m: &mut Machine, time: Seconds) -> Res {
        break_down(m, "gmtime", time, Zone::Universal)
    }

    /// `(%timelocal fields)`: seconds since the Epoch of a date in the system's zone. mktime(3)
    fn timelocal(m: &mut Machine, fields: BrokenDown) -> Res {
        put_together(m, "timelocal", &fields, sys::mktime)
    }

    /// `(%timegm fields)`: seconds since the Epoch of a date in UTC. timegm(3)
    fn timegm(m: &mut Machine, fields: BrokenDown) -> Res {
        put_together(m, "timegm", &fields, sys::timegm)
    }

    /// `(%strftime template fields)`: the date as the template says, a bytevector. strftime(3)
    fn strftime(m: &mut Machine, template: Template, fields: BrokenDown) -> Res {
        let text = format(m, "strftime", &template, fields)?;
        Ok(m.heap.bytevector(&text))
    }

    /// `(%strftime/string template fields)`: the same as a string.
    #[primitive(name = "%strftime/string")]
    fn strftime_string(m: &mut Machine, template: Template, fields: BrokenDown) -> Res {
        let text = format(m, "strftime/string", &template, fields)?;
        Ok(m.heap.string_latin1(&text))
    }
}

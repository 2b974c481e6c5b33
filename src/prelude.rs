//! The image of the prelude that the build script made.

use crate::image::Image;

/// Part of the program's read-only data.
pub(crate) static IMAGE: Image = Image::new(include_bytes!(concat!(env!("OUT_DIR"), "/prelude.image")));

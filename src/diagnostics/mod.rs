//! Where things are in source text, and how a message shows it.

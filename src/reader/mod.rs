//! The reader: characters to datums with spans.

//! The numerical tower. Depends on `heap`.

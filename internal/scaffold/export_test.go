package scaffold

// Merge is what Compare leads a file to, for tests that look at the whole of it.
var Merge = merge

// EscapeExcept is escapeExcept for tests.
var EscapeExcept = escapeExcept

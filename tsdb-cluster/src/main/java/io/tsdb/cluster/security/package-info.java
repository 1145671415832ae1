/// Who may do what: tokens, their scopes, and where they are stored; TLS from two files.
///
/// In: the token that a client presents, the administrator's `tsdb token` commands. Out: a
/// [Principal] that says what its holder may do. Any thread. Only SHA-256 hashes of tokens are
/// stored: `docs/format/tokens.md`.
@NullMarked
package io.tsdb.cluster.security;

import org.jspecify.annotations.NullMarked;

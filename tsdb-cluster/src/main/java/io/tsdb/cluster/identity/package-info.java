/// Who may talk on the ports between nodes: the cluster's own certificate authority, the
/// certificates it issues, and sockets on which both sides show one.
///
/// In: PEM files. Out: sockets, and the key material that Ratis wants. Mutual TLS 1.3 by the JDK's
/// provider; certificates are X.509 version 3 (RFC 5280) with P-256 keys, written by
/// [io.tsdb.cluster.identity.CertificateWriter] since the JDK has no public way to make one. Any
/// thread.
@NullMarked
package io.tsdb.cluster.identity;

import org.jspecify.annotations.NullMarked;

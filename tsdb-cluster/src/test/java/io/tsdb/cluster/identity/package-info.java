/// Certificates, and who is let in with them.
@NullMarked
package io.tsdb.cluster.identity;

import org.jspecify.annotations.NullMarked;

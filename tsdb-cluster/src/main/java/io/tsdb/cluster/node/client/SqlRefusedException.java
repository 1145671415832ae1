package io.tsdb.cluster.node.client;

/// A node refused a statement; the message is the node's.
public final class SqlRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    SqlRefusedException(String message) {
        super(message);
    }
}

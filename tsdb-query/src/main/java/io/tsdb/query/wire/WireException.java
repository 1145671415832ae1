package io.tsdb.query.wire;

/// Bytes that are no plan, fragment or batch, or one that this node cannot read.
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int offset;

    WireException(int offset, String what) {
        super("at byte " + offset + ": " + what);
        this.offset = offset;
    }

    /// Where in the bytes it was found.
    public int offset() {
        return offset;
    }
}

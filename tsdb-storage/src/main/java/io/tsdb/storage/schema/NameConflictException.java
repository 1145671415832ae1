package io.tsdb.storage.schema;

/// A name is a tag here and a field there: both would be one column, so the second one is refused.
public final class NameConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NameConflictException(String message) {
        super(message);
    }
}

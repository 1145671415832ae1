package io.tsdb.storage.model;

/// A configured limit would be passed: which one, where it lies and what was asked for.
public final class ResourceLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final long limit;
    private final long asked;

    public ResourceLimitException(String name, long limit, long asked) {
        super(name + " is limited to " + limit + ", asked for " + asked);
        this.name = name;
        this.limit = limit;
        this.asked = asked;
    }

    public String name() {
        return name;
    }

    public long limit() {
        return limit;
    }

    public long asked() {
        return asked;
    }
}

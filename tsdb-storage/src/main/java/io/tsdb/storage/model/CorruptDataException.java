package io.tsdb.storage.model;

/// Bytes on disk are not what was written: names the file, the offset and what is wrong there.
public final class CorruptDataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final long offset;

    public CorruptDataException(String path, long offset, String what) {
        super(path + ": " + what + " at offset " + offset);
        this.path = path;
        this.offset = offset;
    }

    public String path() {
        return path;
    }

    public long offset() {
        return offset;
    }
}

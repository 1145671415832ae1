package io.tsdb.storage.part;

/// Constants of the index file; see `docs/format/part-index.md`.
final class PartIndexLayout {
    static final String MAGIC = "TSDB-PIX";
    static final int VERSION = 1;

    /// Where the body begins in the frame ([io.tsdb.storage.io.FramedFile]).
    static final int BODY_AT = 16;

    /// A column that no row of the row group has a value for: no pages follow.
    static final int CHUNK_EMPTY = 0;

    /// Pages follow.
    static final int CHUNK_PAGES = 1;

    /// A dictionary page and then pages follow.
    static final int CHUNK_DICTIONARY = 2;

    private PartIndexLayout() {}
}

package io.tsdb.storage.part;

/// Keys of what a part says of itself in the footer of its Parquet file; with it an index can be
/// rebuilt from nothing else.
final class PartFooter {
    static final String FORMAT = "tsdb.format";
    static final String FORMAT_VERSION = "1";
    static final String DATABASE = "tsdb.database";
    static final String MEASUREMENT = "tsdb.measurement";

    /// Numbers of database and measurement, as `5/3`; parts of the first version lack it.
    static final String NUMBERS = "tsdb.numbers";

    static final String DATE = "tsdb.date";
    static final String SEQUENCE = "tsdb.sequence";
    static final String ORIGIN = "tsdb.origin";
    static final String TAG_COUNT = "tsdb.tags";

    private PartFooter() {}
}

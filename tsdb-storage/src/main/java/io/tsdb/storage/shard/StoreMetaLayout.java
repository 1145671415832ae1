package io.tsdb.storage.shard;

/// Offsets of the `store` file's body; see `docs/format/store.md`.
final class StoreMetaLayout {
    /// u16 number of shards.
    static final int SHARD_COUNT = 0;

    /// u16: 1 when every shard has a manifest and the log was begun.
    static final int LISTED = 2;

    /// u64 index of the catalog's log that the file is at.
    static final int CATALOG_INDEX = 4;

    /// u32 number of the next database.
    static final int NEXT_DATABASE = 12;

    /// u32 number of databases that follow.
    static final int DATABASE_COUNT = 16;

    static final int DATABASES = 20;

    /// Of a database, before its name: u32 number, u32 number of the next measurement, u32 count of
    /// measurements that follow the name, u64 retention in nanoseconds.
    static final int DATABASE_BYTES = 20;

    /// Of a measurement, before its name: u32 number, u32 count of tag keys, u32 count of fields,
    /// u64 retention in nanoseconds.
    static final int MEASUREMENT_BYTES = 20;

    /// Before the bytes of a text: u32 length.
    static final int TEXT_BYTES = 4;

    /// Before the name of a field: u8 type.
    static final int FIELD_BYTES = 1;

    /// Behind the databases: u32 number of documents.
    static final int DOCUMENT_COUNT_BYTES = 4;

    /// Of a document, between its name and its text: u64 index of the entry that set it.
    static final int DOCUMENT_BYTES = 8;

    /// Version 1: u16 number of shards, u32 count of databases, each u16 length and name.
    static final int V1_DATABASE_COUNT = 2;

    private StoreMetaLayout() {}
}

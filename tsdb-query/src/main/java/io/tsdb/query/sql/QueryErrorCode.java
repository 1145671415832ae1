package io.tsdb.query.sql;

/// What is wrong with a query, for programs; the stable name is [#id()].
public enum QueryErrorCode {
    /// The text is not SQL of this dialect.
    SYNTAX_ERROR("syntax_error"),
    UNKNOWN_DATABASE("unknown_database"),
    DATABASE_EXISTS("database_exists"),
    UNKNOWN_MEASUREMENT("unknown_measurement"),
    UNKNOWN_COLUMN("unknown_column"),
    /// A name that means two things where it stands.
    AMBIGUOUS_NAME("ambiguous_name"),
    UNKNOWN_FUNCTION("unknown_function"),
    UNKNOWN_PARAMETER("unknown_parameter"),
    /// Operands or arguments have types that do not fit.
    TYPE_MISMATCH("type_mismatch"),
    /// A literal, pattern, interval or parameter value cannot be read.
    INVALID_VALUE("invalid_value"),
    /// A column stands beside aggregates but is not grouped by; or an aggregate stands where none
    /// may.
    NOT_GROUPED("not_grouped"),
    /// Valid SQL that this engine does not run.
    UNSUPPORTED("unsupported"),
    /// An int64 result passed 64 bits, or a cast its target type.
    OUT_OF_RANGE("out_of_range"),
    /// Rows, groups, memory or nesting passed a configured limit.
    LIMIT_EXCEEDED("limit_exceeded"),
    /// Other queries hold the memory that this one needs; later it may run.
    MEMORY_BUSY("memory_busy"),
    /// The node has too much to write already; later it may write.
    OVERLOADED("overloaded"),
    /// There is no room on the disk for what is to be written.
    DISK_FULL("disk_full"),
    /// The log failed while it took what is to be written.
    WRITE_FAILED("write_failed"),
    /// A file of the rows that were asked for is damaged.
    DAMAGED_DATA("damaged_data"),
    /// The node does not reach enough of its cluster to answer rightly; later it may.
    UNAVAILABLE("unavailable"),
    TIMEOUT("timeout"),
    CANCELLED("cancelled");

    private final String id;

    QueryErrorCode(String id) {
        this.id = id;
    }

    /// Name in error answers; never changes.
    public String id() {
        return id;
    }
}

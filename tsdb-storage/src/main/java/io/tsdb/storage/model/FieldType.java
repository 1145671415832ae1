package io.tsdb.storage.model;

/// Type of a field's values; fixed by the first point of the measurement that carries the field.
///
/// Every type folds to 64 bits per value in memory ([FieldColumn#values()]): an int64 as it is, a
/// float64 as its raw IEEE bits, a bool as 0 or 1, a string as a reference into a byte heap, a
/// uint64 as [Uint64] has it.
public enum FieldType {
    INT64(1, "int64"),
    FLOAT64(2, "float64"),
    BOOL(3, "bool"),
    STRING(4, "string"),
    UINT64(5, "uint64");

    private final int id;
    private final String sqlName;

    FieldType(int id, String sqlName) {
        this.id = id;
        this.sqlName = sqlName;
    }

    /// Permanent number of the type in every file format.
    public int id() {
        return id;
    }

    /// Name of the type in SQL results, schemas and error texts.
    public String sqlName() {
        return sqlName;
    }

    /// @throws IllegalArgumentException when no type has this number
    public static FieldType ofId(int id) {
        return switch (id) {
            case 1 -> INT64;
            case 2 -> FLOAT64;
            case 3 -> BOOL;
            case 4 -> STRING;
            case 5 -> UINT64;
            default -> throw new IllegalArgumentException("no field type has the number " + id);
        };
    }
}

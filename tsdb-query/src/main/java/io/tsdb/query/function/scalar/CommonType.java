package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;

import java.util.List;
import java.util.Optional;

/// The type that values of several types are brought to.
public final class CommonType {
    private CommonType() {}

    /// One type stays; numbers meet in float64 when one is that; all else has nothing in common,
    /// int64 and uint64 neither.
    public static Optional<ColumnType> of(List<ColumnType> types) {
        ColumnType common = types.getFirst();
        for (ColumnType type : types) {
            if (type != common) {
                if (!type.isNumeric() || !common.isNumeric()) {
                    return Optional.empty();
                }
                boolean hasDouble = types.stream().anyMatch(each -> each == ColumnType.FLOAT64);
                if (!hasDouble) {
                    return Optional.empty();
                }
                common = ColumnType.FLOAT64;
            }
        }
        return Optional.of(common);
    }
}

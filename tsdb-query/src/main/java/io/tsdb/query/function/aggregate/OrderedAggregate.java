package io.tsdb.query.function.aggregate;

import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `string_agg(s, ', ' ORDER BY y DESC)` and `array_agg(x ORDER BY y)`: an aggregate of rows that
/// are sorted by a second argument, or by the first one.
///
/// @param key type of the second argument; null when rows are sorted by the first one
public record OrderedAggregate(
        AggregateFunction of, @Nullable ColumnType key, boolean descending, boolean nullsFirst)
        implements ParameterAggregate, RowsAggregate {
    /// How many of its constants say what it is sorted by.
    private static final int OWN_PARAMETERS = 3;

    public OrderedAggregate {
        if (!isOrderable(of)) {
            throw new IllegalArgumentException("BUG: " + of.name() + " takes no order");
        }
    }

    /// Whether an aggregate's rows can be sorted otherwise than by time.
    public static boolean isOrderable(AggregateFunction function) {
        return function instanceof OrderableAggregate;
    }

    /// The one that stands for its name only.
    public static OrderedAggregate named(AggregateFunction of) {
        return new OrderedAggregate(of, null, false, false);
    }

    @Override
    public String name() {
        return of.name() + " ordered";
    }

    @Override
    public int version() {
        return of.version();
    }

    @Override
    public String usage() {
        return of.usage();
    }

    @Override
    public Optional<ColumnType> resultType(ColumnType argument) {
        return of.resultType(argument);
    }

    @Override
    public int argumentCount() {
        return key == null ? 1 : 2;
    }

    @Override
    public String parameterText() {
        return of.parameterText();
    }

    @Override
    public Accumulator accumulator(ColumnType argument, MemoryAccount memory) {
        if (of instanceof OrderableAggregate orderable) {
            return orderable.accumulator(
                    argument, new RowSort(key, key == null, descending, nullsFirst), memory);
        }
        throw new IllegalStateException("BUG: " + of.name() + " takes no order");
    }

    @Override
    public List<Object> parameters() {
        var all =
                new ArrayList<Object>(
                        of instanceof ParameterAggregate p ? p.parameters() : List.of());
        all.add(key == null ? "" : key.sqlName());
        all.add(descending);
        all.add(nullsFirst);
        return all;
    }

    @Override
    public int parametersMin() {
        return OWN_PARAMETERS + (of instanceof ParameterAggregate p ? p.parametersMin() : 0);
    }

    @Override
    public int parametersMax() {
        return OWN_PARAMETERS + (of instanceof ParameterAggregate p ? p.parametersMax() : 0);
    }

    @Override
    public AggregateFunction with(List<Object> parameters, Position position) {
        int count = parameters.size() - OWN_PARAMETERS;
        AggregateFunction inner =
                of instanceof ParameterAggregate p
                        ? p.with(parameters.subList(0, count), position)
                        : of;
        if (parameters.get(count) instanceof String type
                && parameters.get(count + 1) instanceof Boolean down
                && parameters.get(count + 2) instanceof Boolean nulls) {
            return new OrderedAggregate(inner, key(type, position), down, nulls);
        }
        throw wrong(position);
    }

    private static @Nullable ColumnType key(String name, Position position) {
        return name.isEmpty()
                ? null
                : Arrays.stream(ColumnType.values())
                        .filter(type -> type.sqlName().equals(name))
                        .findFirst()
                        .orElseThrow(() -> wrong(position));
    }

    private static QueryException wrong(Position position) {
        return new QueryException(
                QueryErrorCode.INVALID_VALUE, position, "an order is a type and two flags");
    }
}

package io.tsdb.query.analysis;

import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Names that items of a select list were given by `AS`, for the clauses that can use them.
///
/// An alias hides a column of the same name only where it stands alone in a clause; inside a larger
/// expression a column comes first.
final class Aliases {
    /// An item of the select list.
    ///
    /// @param ordinal from 1
    record Item(int ordinal, BoundExpression expression) {}

    private final Map<String, Item> items = new LinkedHashMap<>();
    private final Map<String, Item> others = new HashMap<>();

    void add(String alias, Item item) {
        Item known = items.putIfAbsent(alias, item);
        if (known != null && !known.expression().equals(item.expression())) {
            others.put(alias, item);
        }
    }

    List<String> names() {
        return List.copyOf(items.keySet());
    }

    /// @throws QueryException `ambiguous_name` when different items have the name
    Optional<Item> find(Expression.Name name) {
        Item other = others.get(name.text());
        Item item = items.get(name.text());
        if (item != null && other != null) {
            throw new QueryException(
                    QueryErrorCode.AMBIGUOUS_NAME,
                    name.position(),
                    "items "
                            + item.ordinal()
                            + " and "
                            + other.ordinal()
                            + " of the select list are both named '"
                            + name.text()
                            + "'");
        }
        return Optional.ofNullable(item);
    }
}

package io.tsdb.query.analysis;

import com.google.re2j.Pattern;

import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.NearestName;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.HashSet;
import java.util.List;

/// Which columns `*`, `* EXCLUDE (...)` and `COLUMNS('...')` are.
record ChosenColumns(Expression.Item item, List<Scope.Named> all) {
    List<Scope.Named> columns() {
        String pattern = item.pattern();
        List<Scope.Named> chosen = pattern == null ? others() : matching(pattern);
        if (chosen.isEmpty()) {
            throw new QueryException(
                    QueryErrorCode.UNKNOWN_COLUMN,
                    item.position(),
                    pattern == null
                            ? "EXCLUDE leaves no column"
                            : "no column's name matches '"
                                    + pattern
                                    + "'; there are "
                                    + String.join(", ", names()));
        }
        return chosen;
    }

    private List<String> names() {
        return all.stream().map(Scope.Named::name).distinct().limit(20).toList();
    }

    private List<Scope.Named> others() {
        var left = new HashSet<String>();
        for (Expression.Name name : item.excluded()) {
            if (all.stream().noneMatch(column -> column.name().equals(name.text()))) {
                throw new QueryException(
                        QueryErrorCode.UNKNOWN_COLUMN,
                        name.position(),
                        "EXCLUDE names '"
                                + name.text()
                                + "', which is no column of *"
                                + NearestName.hint(
                                        name.text(), all.stream().map(Scope.Named::name).toList()));
            }
            left.add(name.text());
        }
        return all.stream().filter(column -> !left.contains(column.name())).toList();
    }

    private List<Scope.Named> matching(String pattern) {
        PatternCheck.regex(pattern, item.position());
        Pattern compiled = Pattern.compile(pattern);
        return all.stream().filter(column -> compiled.matcher(column.name()).find()).toList();
    }
}

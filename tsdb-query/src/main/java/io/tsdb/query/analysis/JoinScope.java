package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.Input;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.function.Functions;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.query.sql.Expression;
import io.tsdb.query.sql.JoinKind;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The columns of joined relations. A column is numbered when it is first named, so that nothing
/// else is read of a relation.
final class JoinScope extends Scope {
    /// @param columns those that are read of it
    private record Part(@Nullable String name, Scope scope, List<BoundExpression> columns) {}

    private record Column(int part, BoundExpression expression) {}

    /// A column of `USING`.
    ///
    /// @param parts of the relations that have it
    private record Merged(BoundExpression expression, BitSet parts) {}

    private final List<Part> parts = new ArrayList<>();
    private final Map<Column, Integer> numbers = new HashMap<>();
    private final List<Relation.Column> columns = new ArrayList<>();
    private final Map<String, List<Merged>> merged = new HashMap<>();
    private final List<BoundExpression.Aggregate> aggregates = new ArrayList<>();
    private JoinTree tree = new JoinTree.Leaf(0);

    /// How many relations `FROM` has; 0 until all of them are there.
    private int named;

    private int seenFrom;
    private int seenTo;

    JoinScope() {
        super(null, "");
    }

    /// Takes in a relation.
    ///
    /// @return its number
    int add(Scope scope, Position position) {
        String name = scope.names().isEmpty() ? null : scope.names().getFirst();
        if (name != null && names().contains(name)) {
            throw new QueryException(
                    QueryErrorCode.AMBIGUOUS_NAME,
                    position,
                    "FROM names '"
                            + name
                            + "' twice; give one another name: "
                            + name
                            + " AS other");
        }
        parts.add(new Part(name, scope, new ArrayList<>()));
        seenFrom = 0;
        seenTo = parts.size();
        return parts.size() - 1;
    }

    /// Has expressions see the relations `[from, to)` only.
    void see(int from, int to) {
        seenFrom = from;
        seenTo = to;
    }

    /// All relations are there.
    void joinedBy(JoinTree whole) {
        tree = whole;
        named = parts.size();
        see(0, named);
    }

    /// A relation alone, to which rows can be joined.
    static JoinScope of(Scope only) {
        var scope = new JoinScope();
        scope.joinedBy(new JoinTree.Leaf(scope.add(only, Position.NONE)));
        return scope;
    }

    /// Whether rows can be joined to those of `FROM`.
    boolean takesRows() {
        return named > 0 && window() == null;
    }

    /// Joins the rows of a query that no name sees: those whose first columns are equal to some
    /// keys, or NULLs.
    ///
    /// @return the query's columns
    List<BoundExpression> attach(
            AnalyzedQuery query, List<BoundExpression> keys, Position position) {
        List<AnalyzedQuery.Column> all = query.columns();
        var rows =
                new DerivedScope(
                        new Relation.Derived(
                                query, all.stream().map(AnalyzedQuery.Column::name).toList()),
                        null,
                        "");
        int part = parts.size();
        parts.add(new Part(null, rows, new ArrayList<>()));
        var read = new ArrayList<BoundExpression>();
        for (int i = 0; i < all.size(); i++) {
            read.add(numbered(part, all.get(i).name(), rows.input(i, Position.NONE)));
        }
        var on = new ArrayList<BoundExpression>();
        for (int i = 0; i < keys.size(); i++) {
            List<BoundExpression> sides =
                    Coercion.pair(keys.get(i), read.get(i), "compare", position);
            on.add(
                    new BoundExpression.Comparison(
                            ComparisonOperator.EQUAL, sides.getFirst(), sides.getLast()));
        }
        tree =
                new JoinTree.Pair(
                        JoinKind.LEFT,
                        tree,
                        new JoinTree.Leaf(part),
                        on.size() == 1 ? on.getFirst() : new BoundExpression.And(on));
        return read;
    }

    /// The `WINDOW JOIN` that the whole is; null when it is none.
    JoinTree.@Nullable Window window() {
        return tree instanceof JoinTree.Window window ? window : null;
    }

    /// An aggregate of a `WINDOW JOIN` as a column.
    Input column(BoundExpression.Aggregate aggregate) {
        int index = aggregates.indexOf(aggregate);
        if (index < 0) {
            index = aggregates.size();
            aggregates.add(aggregate);
            columns.add(
                    new Relation.Column(
                            parts.size(), index, aggregate.type(), ExpressionText.of(aggregate)));
        }
        for (int number = 0; number < columns.size(); number++) {
            Relation.Column column = columns.get(number);
            if (column.part() == parts.size() && column.index() == index) {
                return new Input(number, column.type(), column.name(), aggregate.place());
            }
        }
        throw new IllegalStateException("BUG: an aggregate without a column: " + aggregate);
    }

    BoundExpression required(Expression.Name name) {
        return find(name).orElseThrow(() -> unknown(name, List.of()));
    }

    @Override
    boolean isLocal(Input column) {
        Relation.Column of = columns.get(column.index());
        return of.part() < parts.size()
                && SessionZone.isLocal(
                        parts.get(of.part()).columns().get(of.index()),
                        parts.get(of.part()).scope());
    }

    /// Whether an expression reads a column, and none but of a side.
    boolean readsOnly(BoundExpression expression, JoinTree side) {
        boolean[] reads = {false, false};
        ExpressionTree.visit(
                expression,
                e -> {
                    if (e instanceof Input(int number, _, _, _)) {
                        int part = columns.get(number).part();
                        reads[part >= side.begin() && part < side.end() ? 0 : 1] = true;
                    }
                });
        return reads[0] && !reads[1];
    }

    /// From here on a name that both sides have is one column.
    void merge(Expression.Name name, JoinKind kind, BoundExpression left, BoundExpression right) {
        var both = new BitSet();
        for (int part = seenFrom; part < seenTo; part++) {
            if (has(part, name.text())) {
                both.set(part);
            }
        }
        List<Merged> of = merged.computeIfAbsent(name.text(), _ -> new ArrayList<>());
        of.removeIf(known -> known.parts().intersects(both));
        of.add(new Merged(either(kind, left, right), both));
    }

    /// What is there in every row, of equal columns of both sides.
    private static BoundExpression either(
            JoinKind kind, BoundExpression left, BoundExpression right) {
        return switch (kind) {
            case INNER, LEFT -> left;
            case RIGHT -> right;
            case FULL -> {
                List<BoundExpression> both = Coercion.pair(left, right, "return", Position.NONE);
                yield new BoundExpression.Call(
                        Functions.COALESCE, both, both.getFirst().type(), new Place(Position.NONE));
            }
        };
    }

    private boolean has(int part, String column) {
        return parts.get(part).scope().columns().contains(column);
    }

    private BoundExpression numbered(int part, String name, BoundExpression expression) {
        if (expression instanceof Constant) {
            return expression;
        }
        Part of = parts.get(part);
        String text = of.name() == null ? name : of.name() + "." + name;
        int number =
                numbers.computeIfAbsent(
                        new Column(part, expression),
                        _ -> {
                            of.columns().add(expression);
                            columns.add(
                                    new Relation.Column(
                                            part,
                                            of.columns().size() - 1,
                                            expression.type(),
                                            text));
                            return columns.size() - 1;
                        });
        return new Input(number, expression.type(), text, place(expression));
    }

    private static Place place(BoundExpression expression) {
        return switch (expression) {
            case BoundExpression.Time(Place place) -> place;
            case BoundExpression.Tag(_, Place place) -> place;
            case BoundExpression.Field(_, _, Place place) -> place;
            case Input(_, _, _, Place place) -> place;
            default -> new Place(Position.NONE);
        };
    }

    @Override
    Optional<BoundExpression> find(Expression.Name name) {
        String qualifier = name.qualifier();
        if (qualifier == null) {
            return column(name);
        }
        int part = part(qualifier);
        if (part < 0) {
            throw unknownRelation(name, qualifier);
        }
        return parts.get(part)
                .scope()
                .column(name)
                .map(column -> numbered(part, name.text(), column));
    }

    /// @return -1 when there is none
    private int part(String name) {
        for (int part = seenFrom; part < seenTo; part++) {
            if (name.equals(parts.get(part).name())) {
                return part;
            }
        }
        return -1;
    }

    @Override
    Optional<BoundExpression> column(Expression.Name name) {
        int found = -1;
        Merged of = null;
        for (int part = seenFrom; part < seenTo; part++) {
            if (has(part, name.text())) {
                Merged one = merged(part, name.text());
                if (found >= 0 && (one == null || !one.equals(of))) {
                    throw ambiguous(name, found, part);
                }
                found = part;
                of = one;
            }
        }
        if (found < 0) {
            return Optional.empty();
        }
        int part = found;
        return of != null
                ? Optional.of(of.expression())
                : parts.get(part)
                        .scope()
                        .column(name)
                        .map(column -> numbered(part, name.text(), column));
    }

    private @Nullable Merged merged(int part, String name) {
        for (Merged one : merged.getOrDefault(name, List.of())) {
            if (one.parts().get(part)) {
                return one;
            }
        }
        return null;
    }

    private QueryException ambiguous(Expression.Name name, int one, int other) {
        String first = parts.get(one).name();
        String second = parts.get(other).name();
        String known = first == null ? second : first;
        return new QueryException(
                QueryErrorCode.AMBIGUOUS_NAME,
                name.position(),
                "more than one relation of FROM has a column '"
                        + name.text()
                        + "'; "
                        + (known == null
                                ? "give them names: FROM (...) AS a"
                                : "write "
                                        + known
                                        + "."
                                        + name.text()
                                        + (first == null || second == null
                                                ? ""
                                                : " or " + second + "." + name.text())));
    }

    @Override
    List<String> names() {
        return parts.subList(seenFrom, seenTo).stream()
                .map(Part::name)
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    String place() {
        List<String> names = names();
        return names.size() < seenTo - seenFrom
                ? " in the relations of FROM"
                : " in '" + String.join("', '", names) + "'";
    }

    @Override
    boolean hasColumn(Expression.Name name) {
        return parts.subList(0, seenTo).stream().anyMatch(part -> part.scope().hasColumn(name));
    }

    @Override
    void standsIn(@Nullable Scope scope) {
        super.standsIn(scope);
        parts.forEach(part -> part.scope().standsIn(scope));
    }

    @Override
    QueryException unknown(Expression.Name name, List<String> aliases) {
        String qualifier = name.qualifier();
        int part = qualifier == null ? -1 : part(qualifier);
        return part < 0
                ? super.unknown(name, aliases)
                : parts.get(part).scope().unknown(name, List.of());
    }

    @Override
    List<Named> all(Position position) {
        var all = new ArrayList<Named>();
        var known = new HashSet<Merged>();
        // beside a row of the left side there are aggregates of the right one, not its rows
        JoinTree.Window window = window();
        int end = window == null ? named : window.left().end();
        for (int part = 0; part < end; part++) {
            for (Named column : parts.get(part).scope().all(position)) {
                Merged one = merged(part, column.name());
                if (one == null) {
                    all.add(numbered(part, column));
                } else if (known.add(one)) {
                    all.add(new Named(column.name(), one.expression()));
                }
            }
        }
        return all;
    }

    private Named numbered(int part, Named column) {
        return new Named(column.name(), numbered(part, column.name(), column.expression()));
    }

    @Override
    List<Named> all(String qualifier, Position position) {
        int part = part(qualifier);
        if (part < 0) {
            throw unknownRelation(new Expression.Name(position, "*"), qualifier);
        }
        return parts.get(part).scope().all(position).stream()
                .map(column -> numbered(part, column))
                .toList();
    }

    @Override
    List<String> columns() {
        var names = new LinkedHashSet<String>();
        for (int part = seenFrom; part < seenTo; part++) {
            names.addAll(parts.get(part).scope().columns());
        }
        return List.copyOf(names);
    }

    @Override
    BoundExpression anyValue(Position position) {
        return new Constant(ColumnType.BOOL, true);
    }

    /// The time of the first relation that has one, or of the other side in rows without it.
    @Override
    Optional<BoundExpression> time() {
        return time(tree);
    }

    /// The time of the rows of a side.
    Optional<BoundExpression> time(JoinTree of) {
        return switch (of) {
            case JoinTree.Leaf(int part) ->
                    parts.get(part).scope().time().map(time -> numbered(part, TIME, time));
            case JoinTree.Pair(JoinKind kind, JoinTree left, JoinTree right, _) -> {
                Optional<BoundExpression> ofLeft = time(kind == JoinKind.RIGHT ? right : left);
                if (ofLeft.isPresent() && kind != JoinKind.FULL) {
                    yield ofLeft;
                }
                Optional<BoundExpression> ofRight = time(kind == JoinKind.RIGHT ? left : right);
                yield ofLeft.isPresent() && ofRight.isPresent()
                        ? Optional.of(either(kind, ofLeft.get(), ofRight.get()))
                        : ofLeft.or(() -> ofRight);
            }
            case JoinTree.Asof asof -> time(asof.left()).or(() -> time(asof.right()));
            case JoinTree.Window window -> time(window.left());
        };
    }

    @Override
    Relation relation() {
        var of = new ArrayList<Relation.Part>();
        for (Part part : parts) {
            List<BoundExpression> read =
                    part.columns().isEmpty()
                            ? List.of(part.scope().anyValue(Position.NONE))
                            : part.columns();
            of.add(new Relation.Part(part.scope().relation(), read));
        }
        JoinTree.Window window = window();
        return new Relation.Joined(window == null ? tree : window.with(aggregates), of, columns);
    }
}

package io.tsdb.query.sql;

import io.tsdb.query.sql.Statement.ColumnKind;
import io.tsdb.query.sql.Statement.MeasurementName;
import io.tsdb.query.sql.grammar.SqlParser.AlterDatabaseContext;
import io.tsdb.query.sql.grammar.SqlParser.AlterMeasurementContext;
import io.tsdb.query.sql.grammar.SqlParser.AlterStatementContext;
import io.tsdb.query.sql.grammar.SqlParser.AlteredContext;
import io.tsdb.query.sql.grammar.SqlParser.BackupContext;
import io.tsdb.query.sql.grammar.SqlParser.CancelQueryContext;
import io.tsdb.query.sql.grammar.SqlParser.CreateDatabaseContext;
import io.tsdb.query.sql.grammar.SqlParser.DeleteRowsContext;
import io.tsdb.query.sql.grammar.SqlParser.DescribeContext;
import io.tsdb.query.sql.grammar.SqlParser.DropDatabaseContext;
import io.tsdb.query.sql.grammar.SqlParser.DropMeasurementContext;
import io.tsdb.query.sql.grammar.SqlParser.DropStatementContext;
import io.tsdb.query.sql.grammar.SqlParser.DroppedContext;
import io.tsdb.query.sql.grammar.SqlParser.ExplainStatementContext;
import io.tsdb.query.sql.grammar.SqlParser.ExportRowsContext;
import io.tsdb.query.sql.grammar.SqlParser.InsertColumnContext;
import io.tsdb.query.sql.grammar.SqlParser.InsertColumnsContext;
import io.tsdb.query.sql.grammar.SqlParser.InsertRowsContext;
import io.tsdb.query.sql.grammar.SqlParser.MeasurementContext;
import io.tsdb.query.sql.grammar.SqlParser.SelectStatementContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowCardinalityContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowColumnsContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowDatabasesContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowFieldKeysContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowMeasurementsContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowQueriesContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowRetentionContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowSeriesContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowStatementContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowTagKeysContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowTagValuesContext;
import io.tsdb.query.sql.grammar.SqlParser.ShowTagsContext;
import io.tsdb.query.sql.grammar.SqlParser.ShownContext;
import io.tsdb.query.sql.grammar.SqlParser.ShownTagsContext;
import io.tsdb.query.sql.grammar.SqlParser.StatementContext;
import io.tsdb.query.sql.grammar.SqlParser.TruncateContext;
import io.tsdb.query.sql.grammar.SqlParser.ValuesOfKeyContext;

import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;

/// Parse tree to syntax tree: statements; queries by [QueryBuilder].
final class TreeBuilder {
    /// How many values `SHOW CARDINALITY ... WITH KEY` shows, if it is not said.
    private static final int VALUES_SHOWN = 10;

    private static final int VALUES_SHOWN_MAX = 100_000;

    private final ExpressionBuilder expressions = new ExpressionBuilder();
    private final QueryBuilder queries = expressions.queries();

    Statement statement(StatementContext context) {
        Position at = ExpressionBuilder.position(context);
        return switch (context) {
            case SelectStatementContext c -> new Statement.Select(at, queries.query(c.query()));
            case ExplainStatementContext c ->
                    new Statement.Explain(at, queries.query(c.query()), c.ANALYZE() != null);
            case ShowStatementContext c -> shown(at, c.shown());
            case DescribeContext c -> new Statement.ShowColumns(at, named(c.measurement()));
            case CreateDatabaseContext c ->
                    new Statement.CreateDatabase(
                            at,
                            expressions.name(c.name()).text(),
                            c.IF() != null,
                            c.kept() == null ? null : RetentionText.of(c.kept(), false));
            case AlterStatementContext c -> altered(at, c.altered());
            case DropStatementContext c -> dropped(at, c.dropped());
            case DeleteRowsContext c -> delete(at, c);
            case BackupContext c ->
                    new Statement.Backup(
                            at,
                            ExpressionBuilder.unquoted(c.target.getText()),
                            c.since == null ? null : ExpressionBuilder.unquoted(c.since.getText()));
            case ExportRowsContext c ->
                    new Statement.Export(
                            at,
                            named(c.measurement()),
                            ExpressionBuilder.unquoted(c.target.getText()),
                            time(c.from, Long.MIN_VALUE, at),
                            time(c.to, Long.MAX_VALUE, at));
            case TruncateContext c -> new Statement.Delete(at, named(c.measurement()), null);
            case InsertRowsContext c -> insert(at, c);
            case CancelQueryContext c -> new Statement.CancelQuery(at, id(c.id));
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private static long id(Token token) {
        try {
            return Long.parseLong(token.getText());
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE; // beyond any: answered as every other that does not run
        }
    }

    private static long time(@Nullable Token token, long otherwise, Position at) {
        if (token == null) {
            return otherwise;
        }
        String text = ExpressionBuilder.unquoted(token.getText());
        return TimestampText.parse(text).orElseThrow(() -> TimestampText.refusal(text, at));
    }

    private Statement altered(Position at, AlteredContext context) {
        return switch (context) {
            case AlterDatabaseContext c ->
                    new Statement.AlterDatabase(
                            at,
                            expressions.name(c.name()).text(),
                            RetentionText.of(c.kept(), false));
            case AlterMeasurementContext c ->
                    new Statement.AlterMeasurement(
                            at, named(c.measurement()), RetentionText.of(c.kept(), true));
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    /// A `WHERE` that was forgotten must not cost all rows.
    private Statement delete(Position at, DeleteRowsContext context) {
        if (context.where == null) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    at,
                    "DELETE needs a WHERE; to delete every row: TRUNCATE "
                            + context.measurement().getText());
        }
        return new Statement.Delete(
                at, named(context.measurement()), expressions.condition(context.where));
    }

    private Statement insert(Position at, InsertRowsContext context) {
        var columns = new ArrayList<Statement.Insert.Column>();
        InsertColumnsContext named = context.insertColumns();
        if (named != null) {
            for (InsertColumnContext column : named.insertColumn()) {
                Expression.Name name = expressions.name(column.name());
                ColumnKind kind =
                        column.kind == null
                                ? null
                                : column.TAG() != null ? ColumnKind.TAG : ColumnKind.FIELD;
                columns.add(new Statement.Insert.Column(name.position(), name.text(), kind));
            }
        }
        return new Statement.Insert(
                at, named(context.measurement()), columns, queries.query(context.query()));
    }

    private Statement dropped(Position at, DroppedContext context) {
        return switch (context) {
            case DropDatabaseContext c ->
                    new Statement.DropDatabase(
                            at, expressions.name(c.name()).text(), c.IF() != null);
            case DropMeasurementContext c ->
                    new Statement.DropMeasurement(at, named(c.measurement()), c.IF() != null);
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Statement shown(Position at, ShownContext context) {
        return switch (context) {
            case ShowDatabasesContext _ -> new Statement.ShowDatabases(at);
            case ShowRetentionContext _ -> new Statement.ShowRetention(at);
            case ShowQueriesContext _ -> new Statement.ShowQueries(at);
            case ShowMeasurementsContext _ -> new Statement.ShowMeasurements(at);
            case ShowTagsContext c -> shownTags(at, c.shownTags());
            case ShowColumnsContext c ->
                    new Statement.ShowColumns(at, measurement(c.measurement()));
            case ShowFieldKeysContext c ->
                    new Statement.ShowFieldKeys(at, measurement(c.measurement()));
            case ShowSeriesContext c -> new Statement.ShowSeries(at, measurement(c.measurement()));
            case ShowCardinalityContext c -> cardinality(at, c);
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private Statement cardinality(Position at, ShowCardinalityContext context) {
        ValuesOfKeyContext of = context.valuesOfKey();
        Token limit = of == null ? null : of.first;
        return new Statement.ShowCardinality(
                at,
                measurement(context.measurement()),
                of == null ? null : expressions.name(of.name()).text(),
                limit == null ? VALUES_SHOWN : (int) Math.min(id(limit), VALUES_SHOWN_MAX));
    }

    private Statement shownTags(Position at, ShownTagsContext context) {
        return switch (context) {
            case ShowTagKeysContext c ->
                    new Statement.ShowTagKeys(at, measurement(c.measurement()));
            case ShowTagValuesContext c ->
                    new Statement.ShowTagValues(
                            at, measurement(c.measurement()), expressions.name(c.name()));
            default -> throw new IllegalStateException("BUG: no tree for " + context.getClass());
        };
    }

    private @Nullable MeasurementName measurement(@Nullable MeasurementContext context) {
        return context == null ? null : named(context);
    }

    private MeasurementName named(MeasurementContext context) {
        return new MeasurementName(
                ExpressionBuilder.position(context), expressions.name(context.name()).text());
    }
}

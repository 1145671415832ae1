package io.tsdb.query.http;

import io.tsdb.query.http.InfluxTokens.Kind;
import io.tsdb.query.http.InfluxTokens.Name;
import io.tsdb.query.http.InfluxTokens.Token;
import io.tsdb.query.sql.Interval;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;
import io.tsdb.storage.schema.Retention;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A statement of InfluxQL, as far as we run it. Read by hand, in one pass, since the text comes
/// from anybody.
sealed interface InfluxStatement {
    /// `CREATE DATABASE name`, with the `DURATION` behind `WITH`; of what else may stand there,
    /// nothing is there to be set.
    record CreateDatabase(String name, Retention retention) implements InfluxStatement {}

    record DropDatabase(String name) implements InfluxStatement {}

    record DropMeasurement(String name) implements InfluxStatement {}

    /// `DELETE` and `DROP SERIES`, which are the same here: rows go, and a series without rows is
    /// none.
    ///
    /// @param measurements empty for all of the database
    record Delete(List<String> measurements, InfluxCondition where) implements InfluxStatement {}

    record ShowDatabases() implements InfluxStatement {}

    /// Something that we do not run.
    record Other() implements InfluxStatement {}

    /// The statements of a text, which `;` separates.
    ///
    /// @throws io.tsdb.query.sql.QueryException when the condition of a delete is wrong
    static List<InfluxStatement> parse(String text, long nowNanos) {
        var statements = new ArrayList<InfluxStatement>();
        List<Token> tokens = InfluxTokens.of(text);
        int from = 0;
        for (int at = 0; at <= tokens.size(); at++) {
            if (at == tokens.size() || tokens.get(at).isSymbol(";")) {
                if (at > from) {
                    statements.add(of(tokens.subList(from, at), nowNanos));
                }
                from = at + 1;
            }
        }
        return statements;
    }

    private static InfluxStatement of(List<Token> tokens, long nowNanos) {
        if (tokens.get(0).is("DELETE")) {
            return delete(tokens, 1, nowNanos);
        }
        if (tokens.size() < 2) {
            return new Other();
        }
        Token what = tokens.get(1);
        if (tokens.get(0).is("SHOW") && what.is("DATABASES") && tokens.size() == 2) {
            return new ShowDatabases();
        }
        if (tokens.get(0).is("CREATE") && what.is("DATABASE")) {
            Name name = InfluxTokens.name(tokens, behindIfExists(tokens, true));
            if (name == null) {
                return new Other();
            }
            boolean ends = name.next() == tokens.size() || tokens.get(name.next()).is("WITH");
            return ends
                    ? new CreateDatabase(name.text(), duration(tokens, name.next()))
                    : new Other();
        }
        return tokens.get(0).is("DROP") ? drop(tokens, what, nowNanos) : new Other();
    }

    /// @param with place of `WITH`, or behind the end
    private static Retention duration(List<Token> tokens, int with) {
        if (tokens.size() <= with + 2
                || !tokens.get(with + 1).is("DURATION")
                || tokens.get(with + 2).is("INF")) {
            return Retention.INHERITED;
        }
        String text = tokens.get(with + 2).text();
        return Interval.parse(text)
                .filter(length -> length.months() == 0 && length.nanos() > 0)
                .map(length -> new Retention(length.nanos()))
                .orElseThrow(
                        () ->
                                new QueryException(
                                        QueryErrorCode.INVALID_VALUE,
                                        Position.NONE,
                                        "invalid duration "
                                                + text
                                                + ", at position "
                                                + tokens.get(with + 2).from()));
    }

    private static InfluxStatement drop(List<Token> tokens, Token what, long nowNanos) {
        if (what.is("SERIES")) {
            return delete(tokens, 2, nowNanos);
        }
        Name name =
                InfluxTokens.name(tokens, what.is("DATABASE") ? behindIfExists(tokens, false) : 2);
        if (name == null || name.next() != tokens.size()) {
            return new Other();
        }
        if (what.is("DATABASE")) {
            return new DropDatabase(name.text());
        }
        return what.is("MEASUREMENT") ? new DropMeasurement(name.text()) : new Other();
    }

    /// Place of the name, behind `IF EXISTS` or `IF NOT EXISTS`.
    private static int behindIfExists(List<Token> tokens, boolean create) {
        int at = 2;
        if (tokens.size() <= at + 1 || !tokens.get(at).is("IF")) {
            return at;
        }
        at += create && tokens.get(at + 1).is("NOT") ? 2 : 1;
        return at < tokens.size() && tokens.get(at).is("EXISTS") ? at + 1 : tokens.size();
    }

    /// `FROM name, name WHERE condition`, of which one may lack.
    private static InfluxStatement delete(List<Token> tokens, int from, long nowNanos) {
        int at = from;
        var measurements = new ArrayList<String>();
        if (at < tokens.size() && tokens.get(at).is("FROM")) {
            Name name = measurement(tokens, at + 1);
            while (name != null) {
                measurements.add(name.text());
                at = name.next();
                boolean more = at < tokens.size() && tokens.get(at).isSymbol(",");
                name = more ? measurement(tokens, at + 1) : null;
                if (more && name == null) {
                    return new Other();
                }
            }
        }
        if (at == tokens.size()) {
            return measurements.isEmpty()
                    ? new Other()
                    : new Delete(measurements, new InfluxCondition.All());
        }
        if (!tokens.get(at).is("WHERE") || at == from && tokens.get(from).is("FROM")) {
            return new Other();
        }
        return new Delete(
                measurements,
                InfluxConditionParser.influxQl(tokens, at + 1, tokens.size(), nowNanos));
    }

    private static @Nullable Name measurement(List<Token> tokens, int at) {
        boolean isRegex = at < tokens.size() && tokens.get(at).kind() == Kind.REGEX;
        return isRegex ? null : InfluxTokens.name(tokens, at);
    }
}

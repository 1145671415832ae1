package io.tsdb.cluster.node.shell;

import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.cluster.node.client.SqlRefusedException;

import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/// Completes keywords, and the names of measurements, tags and fields of the database in use.
final class NameCompleter implements Completer {
    private static final List<String> KEYWORDS =
            List.of(
                    "SELECT",
                    "FROM",
                    "WHERE",
                    "GROUP BY",
                    "ORDER BY",
                    "HAVING",
                    "LIMIT",
                    "OFFSET",
                    "LATEST BY",
                    "DISTINCT",
                    "AND",
                    "OR",
                    "NOT",
                    "IN",
                    "LIKE",
                    "BETWEEN",
                    "IS NULL",
                    "INTERVAL",
                    "AS",
                    "ASC",
                    "DESC",
                    "SHOW DATABASES",
                    "SHOW MEASUREMENTS",
                    "SHOW TAG KEYS",
                    "SHOW TAG VALUES",
                    "SHOW FIELD KEYS",
                    "SHOW SERIES",
                    "CREATE DATABASE",
                    "DROP DATABASE",
                    "EXPLAIN",
                    "time_bucket(",
                    "count(",
                    "sum(",
                    "avg(",
                    "min(",
                    "max(",
                    "first(",
                    "last(",
                    "stddev(",
                    "now()",
                    "time");

    private final SqlClient client;
    private String database;
    private final TreeSet<String> names = new TreeSet<>();
    private boolean loaded;

    NameCompleter(SqlClient client, String database) {
        this.client = client;
        this.database = database;
    }

    void use(String other) {
        database = other;
        loaded = false;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (!loaded) {
            load();
        }
        String word = line.word();
        for (String keyword : KEYWORDS) {
            if (keyword.regionMatches(true, 0, word, 0, word.length())) {
                candidates.add(new Candidate(keyword));
            }
        }
        for (String name : names) {
            if (name.startsWith(word)) {
                candidates.add(new Candidate(name));
            }
        }
    }

    private void load() {
        names.clear();
        loaded = true;
        for (String statement : List.of("SHOW MEASUREMENTS", "SHOW TAG KEYS", "SHOW FIELD KEYS")) {
            try {
                client.query(database, statement)
                        .rows()
                        .forEach(row -> row.forEach(cell -> names.add(cell)));
            } catch (IOException | SqlRefusedException e) {
                // Without a node there are keywords to complete still; the next statement says what
                // is wrong.
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}

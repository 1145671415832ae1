package io.tsdb.cluster.node.console;

import io.tsdb.query.function.Functions;
import io.tsdb.query.http.SqlHandler;
import io.tsdb.query.sql.SqlWords;
import io.tsdb.storage.model.JsonText;

import java.util.Collection;
import java.util.stream.Collectors;

/// `/console/words.json`: what the editor completes beside names, and the formats of an answer;
/// from the SQL that this node speaks.
final class ConsoleWords {
    private ConsoleWords() {}

    static ConsoleFile file() {
        return ConsoleFile.json(
                "{\"keywords\":%s,\"functions\":%s,\"formats\":%s}\n"
                        .formatted(
                                list(SqlWords.keywords()),
                                list(Functions.names()),
                                list(SqlHandler.formats())));
    }

    private static String list(Collection<String> words) {
        return words.stream().map(JsonText::quoted).collect(Collectors.joining(",", "[", "]"));
    }
}

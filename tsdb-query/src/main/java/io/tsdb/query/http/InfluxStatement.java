package io.tsdb.query.http;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A statement of InfluxQL, as far as we run it. Read by hand, in one pass without recursion, since
/// the text comes from anybody.
sealed interface InfluxStatement {
    /// `CREATE DATABASE name`, with whatever stands behind `WITH`.
    record CreateDatabase(String name) implements InfluxStatement {}

    record DropDatabase(String name) implements InfluxStatement {}

    record ShowDatabases() implements InfluxStatement {}

    /// Something that we do not run.
    record Other() implements InfluxStatement {}

    /// The statements of a text, which `;` separates.
    static List<InfluxStatement> parse(String text) {
        var statements = new ArrayList<InfluxStatement>();
        var words = new ArrayList<Word>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ';') {
                end(words, statements);
                at++;
            } else if (Character.isWhitespace(c)) {
                at++;
            } else {
                at = word(text, at, words);
            }
        }
        end(words, statements);
        return statements;
    }

    /// @param quoted it stood between quotes, so it is a name and no keyword
    /// @param complete false for quotes without an end
    record Word(String text, boolean quoted, boolean complete) {
        boolean is(String keyword) {
            return !quoted && text.toUpperCase(Locale.ROOT).equals(keyword);
        }
    }

    private static int word(String text, int from, List<Word> words) {
        return text.charAt(from) == '"' ? quoted(text, from + 1, words) : bare(text, from, words);
    }

    private static int bare(String text, int from, List<Word> words) {
        int at = from;
        while (at < text.length() && isBare(text.charAt(at))) {
            at++;
        }
        int end = Math.max(at, from + 1); // a character that no word has is a word of its own
        words.add(new Word(text.substring(from, end), false, true));
        return end;
    }

    private static boolean isBare(char c) {
        return c != ';' && c != '"' && !Character.isWhitespace(c);
    }

    private static int quoted(String text, int from, List<Word> words) {
        var name = new StringBuilder();
        int at = from;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            name.append(text.charAt(at++));
        }
        boolean complete = at < text.length();
        words.add(new Word(name.toString(), true, complete));
        return complete ? at + 1 : at;
    }

    private static void end(List<Word> words, List<InfluxStatement> statements) {
        if (!words.isEmpty()) {
            statements.add(of(words));
            words.clear();
        }
    }

    private static InfluxStatement of(List<Word> words) {
        if (words.size() < 2) {
            return new Other();
        }
        if (words.get(0).is("SHOW") && words.get(1).is("DATABASES") && words.size() == 2) {
            return new ShowDatabases();
        }
        boolean create = words.get(0).is("CREATE");
        if (!words.get(1).is("DATABASE") || !create && !words.get(0).is("DROP")) {
            return new Other();
        }
        String name = name(words, create);
        if (name == null) {
            return new Other();
        }
        return create ? new CreateDatabase(name) : new DropDatabase(name);
    }

    private static @Nullable String name(List<Word> words, boolean create) {
        int at = 2;
        if (words.size() > at && words.get(at).is("IF")) {
            at++;
            if (create && words.size() > at && words.get(at).is("NOT")) {
                at++;
            }
            if (words.size() <= at || !words.get(at).is("EXISTS")) {
                return null;
            }
            at++;
        }
        if (words.size() <= at || !words.get(at).complete() || !isName(words.get(at))) {
            return null;
        }
        boolean ends = words.size() == at + 1 || create && words.get(at + 1).is("WITH");
        return ends ? words.get(at).text() : null;
    }

    private static boolean isName(Word word) {
        if (word.quoted()) {
            return !word.text().isEmpty();
        }
        for (int i = 0; i < word.text().length(); i++) {
            char c = word.text().charAt(i);
            boolean plain = c == '_' || c == '.' || c == '-' || Character.isLetterOrDigit(c);
            if (!plain) {
                return false;
            }
        }
        return true;
    }
}

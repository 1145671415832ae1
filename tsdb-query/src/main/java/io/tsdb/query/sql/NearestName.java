package io.tsdb.query.sql;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Finds the known name that a mistyped one probably means.
public final class NearestName {
    private static final int SHORT_MAX = 4;

    private NearestName() {}

    /// The nearest name within a third of the typed name's letters (at least one, at most three
    /// edits); letter case costs nothing, two swapped letters cost one edit. Short names that begin
    /// with different letters are different words: `pow` is no `now`, `sin` no `min`.
    public static Optional<String> of(String typed, Collection<String> known) {
        int allowed = Math.clamp(typed.length() / 3, 1, 3);
        String nearest = null;
        int least = allowed + 1;
        for (String name : known) {
            if (isOtherWord(typed, name)) {
                continue;
            }
            int distance =
                    distance(typed.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT), least);
            if (distance < least || (distance == 0 && nearest == null)) {
                least = distance;
                nearest = name;
            }
        }
        return Optional.ofNullable(nearest);
    }

    private static boolean isOtherWord(String typed, String name) {
        if (typed.isEmpty() || name.isEmpty() || typed.length() > SHORT_MAX) {
            return false;
        }
        boolean sameStart =
                Character.toLowerCase(typed.charAt(0)) == Character.toLowerCase(name.charAt(0));
        return !sameStart;
    }

    /// `; did you mean 'x'?` or nothing.
    public static String hint(String typed, Collection<String> known) {
        return of(typed, known).map(name -> "; did you mean '" + name + "'?").orElse("");
    }

    /// Edits (insert, delete, replace, swap of neighbours) from one text to the other, or at least
    /// `limit` when there are that many.
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit) {
            return limit;
        }
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            edits[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            edits[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replace = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replace, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                boolean swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                edits[i][j] = swapped ? Math.min(best, 1 + edits[i - 2][j - 2]) : best;
            }
        }
        return edits[a.length()][b.length()];
    }
}

package io.tsdb.cluster.node.transfer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Steps of time as users write them: `250ms`, `10s`, `1m`, `1h`, `1d`.
public final class StepText {
    private static final Pattern FORM = Pattern.compile("([0-9]+)(ns|us|ms|s|m|h|d)");

    private StepText() {}

    /// @throws IllegalArgumentException with what it may be
    public static long nanos(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no step of time; use a number and ns, us, ms, s, m, h or d");
        }
        long unit =
                switch (form.group(2)) {
                    case "ns" -> 1L;
                    case "us" -> 1_000L;
                    case "ms" -> 1_000_000L;
                    case "s" -> 1_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    case "h" -> 3_600_000_000_000L;
                    default -> 86_400_000_000_000L;
                };
        return Math.multiplyExact(Long.parseLong(form.group(1)), unit);
    }
}

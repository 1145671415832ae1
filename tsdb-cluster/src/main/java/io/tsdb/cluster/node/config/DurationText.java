package io.tsdb.cluster.node.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `250ms`, `30s`, `10m`, `2h`, `90d`.
public final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    private DurationText() {}

    /// @throws IllegalArgumentException when it is no duration, or zero
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (matcher.matches()) {
            long count = Long.parseLong(matcher.group(1));
            Duration duration =
                    switch (matcher.group(2)) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    };
            if (duration.isPositive() && duration.compareTo(Duration.ofDays(36_500)) <= 0) {
                return duration;
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no duration: a number with ms, s, m, h or d");
    }
}

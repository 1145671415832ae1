package io.tsdb.loadgen.verify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Counts while a check runs, with some examples of each finding.
final class Tally {
    private static final int EXAMPLES_PER_FINDING = 5;

    /// What can be wrong.
    enum Finding {
        LOST,
        INVENTED,
        DIFFERENT
    }

    private final Map<Finding, Long> counts = new EnumMap<>(Finding.class);
    private final List<String> examples = new ArrayList<>();
    long acknowledged;
    long found;
    long rows;
    long unanswered;

    void add(Finding finding, String example) {
        long count = counts.merge(finding, 1L, Long::sum);
        if (count <= EXAMPLES_PER_FINDING) {
            examples.add(finding.name().toLowerCase(java.util.Locale.ROOT) + ": " + example);
        }
    }

    /// Adds findings that are known by number only.
    void add(Finding finding, long count, String example) {
        counts.merge(finding, count, Long::sum);
        examples.add(finding.name().toLowerCase(java.util.Locale.ROOT) + ": " + example);
    }

    VerifyReport report() {
        return new VerifyReport(
                acknowledged,
                found,
                rows,
                unanswered,
                counts.getOrDefault(Finding.LOST, 0L),
                counts.getOrDefault(Finding.INVENTED, 0L),
                counts.getOrDefault(Finding.DIFFERENT, 0L),
                List.copyOf(examples));
    }
}

package io.tsdb.query.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// A `.test` file, in the manner of sqllogictest: blocks with an empty line between them.
///
/// ```
/// # says why
/// points
/// cpu,host=a usage=1i 2024-01-01T00:00:00Z
///
/// query
/// SELECT host, max(usage) FROM cpu GROUP BY host
/// ----
/// host:string | max(usage):int64
/// a | 1
///
/// error
/// SELECT nothing FROM cpu
/// ----
/// unknown_column 1:8: unknown column 'nothing' in measurement 'cpu'
/// ```
///
/// `query` compares rows in order, `query rowsort` in any order. A block of one line, `time zone
/// Europe/Berlin`, is the zone of the session from there on.
record SqlFile(Path path, List<String> points, List<Case> cases) {
    /// @param kind first line of the block
    /// @param line of the block in the file, from 1
    /// @param zone of the session
    record Case(String kind, int line, String sql, List<String> expected, ZoneId zone) {
        Session session() {
            return Session.of(TestEngines.DATABASE).withTimeZone(zone);
        }
    }

    private static final String TIME_ZONE = "time zone ";

    static SqlFile read(Path path) throws IOException {
        var points = new ArrayList<String>();
        var cases = new ArrayList<Case>();
        List<String> lines = Files.readAllLines(path);
        int at = 0;
        ZoneId zone = ZoneOffset.UTC;
        while (at < lines.size()) {
            if (lines.get(at).isBlank() || lines.get(at).startsWith("#")) {
                at++;
                continue;
            }
            int start = at;
            var block = new ArrayList<String>();
            while (at < lines.size() && !lines.get(at).isBlank()) {
                block.add(lines.get(at++));
            }
            if (block.getFirst().equals("points")) {
                points.addAll(block.subList(1, block.size()));
            } else if (block.getFirst().startsWith(TIME_ZONE)) {
                zone = ZoneId.of(block.getFirst().substring(TIME_ZONE.length()));
            } else {
                cases.add(parse(path, block, start + 1, zone));
            }
        }
        return new SqlFile(path, points, cases);
    }

    private static Case parse(Path path, List<String> block, int line, ZoneId zone) {
        int bar = block.indexOf("----");
        if (bar < 0) {
            throw new IllegalArgumentException(path + ":" + line + ": a block without ----");
        }
        return new Case(
                block.getFirst(),
                line,
                String.join("\n", block.subList(1, bar)),
                block.subList(bar + 1, block.size()),
                zone);
    }
}

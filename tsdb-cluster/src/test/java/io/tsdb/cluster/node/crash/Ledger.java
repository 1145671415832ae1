package io.tsdb.cluster.node.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// What one writer sent and what was acknowledged to it. The writer owns its devices, so nobody
/// else writes their points.
///
/// A point is a device, a time and a number `n`; its line carries `n` in three fields, so that a
/// stored row proves itself.
final class Ledger {
    private static final int DEVICES = 25;
    private static final long START = 1_750_000_000_000_000_000L;
    private static final long STEP = 1_000_000_000L;

    private final int writer;
    private final Random random;
    private final Map<String, TreeMap<Long, Long>> acknowledged = new HashMap<>();
    private List<Point> inFlight = List.of();
    private long sequence;

    record Point(String device, long time, long number) {
        String line() {
            return "crash,dev="
                    + device
                    + " n="
                    + number
                    + "i,f="
                    + number / 10.0
                    + ",s=\"text "
                    + number % 7
                    + "\" "
                    + time
                    + "\n";
        }
    }

    Ledger(int writer, long seed) {
        this.writer = writer;
        this.random = new Random(seed + writer);
    }

    /// The next batch: mostly new points, some late ones, some that overwrite older ones.
    String nextBatch(int lines) {
        var points = new ArrayList<Point>(lines);
        var text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            long number = sequence++;
            String device = "w" + writer + "d" + random.nextInt(DEVICES);
            long at = random.nextInt(20) == 0 ? random.nextLong(number + 1) : number;
            var point = new Point(device, START + at * STEP, number);
            points.add(point);
            text.append(point.line());
        }
        inFlight = points;
        return text.toString();
    }

    /// The batch handed out last was acknowledged.
    void acknowledge() {
        for (Point point : inFlight) {
            acknowledged
                    .computeIfAbsent(point.device(), _ -> new TreeMap<>())
                    .put(point.time(), point.number());
        }
        inFlight = List.of();
    }

    int acknowledgedPoints() {
        return acknowledged.values().stream().mapToInt(Map::size).sum();
    }

    /// Holds stored rows against the ledger; rows of the batch that was in flight may be there or
    /// not, and count from now on when they are.
    ///
    /// @param stored by device and time, the number that the row carries
    /// @return what is wrong, empty when nothing is
    List<String> check(Map<String, TreeMap<Long, Long>> stored) {
        var wrong = new ArrayList<String>();
        var maybe = new HashMap<String, Map<Long, List<Long>>>();
        for (Point point : inFlight) {
            maybe.computeIfAbsent(point.device(), _ -> new HashMap<>())
                    .computeIfAbsent(point.time(), _ -> new ArrayList<>())
                    .add(point.number());
        }
        acknowledged.forEach(
                (device, points) -> {
                    Map<Long, Long> rows = stored.getOrDefault(device, new TreeMap<>());
                    points.forEach(
                            (time, number) -> {
                                if (!rows.containsKey(time)) {
                                    wrong.add("lost: " + new Point(device, time, number));
                                }
                            });
                });
        stored.forEach(
                (device, rows) -> {
                    if (device.startsWith("w" + writer + "d")) {
                        rows.forEach(
                                (time, number) -> checkRow(device, time, number, maybe, wrong));
                    }
                });
        inFlight = List.of();
        return wrong;
    }

    private void checkRow(
            String device,
            long time,
            long number,
            Map<String, Map<Long, List<Long>>> maybe,
            List<String> wrong) {
        TreeMap<Long, Long> points = acknowledged.computeIfAbsent(device, _ -> new TreeMap<>());
        Long expected = points.get(time);
        if (expected != null && expected == number) {
            return;
        }
        List<Long> sent = maybe.getOrDefault(device, Map.of()).getOrDefault(time, List.of());
        if (sent.contains(number)) {
            points.put(time, number);
        } else {
            wrong.add(
                    (expected == null ? "invented: " : "different, expected " + expected + ": ")
                            + new Point(device, time, number));
        }
    }
}

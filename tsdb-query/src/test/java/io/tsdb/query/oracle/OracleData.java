package io.tsdb.query.oracle;

import io.tsdb.query.memory.TestPoint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Random points of one measurement: regular and irregular series, absent tags and fields, late and
/// duplicate points, times before the epoch.
public final class OracleData {
    public static final String MEASUREMENT = "m";

    /// First time of the regular series: shortly before the epoch, so that bucket numbers change
    /// sign.
    public static final long START = -1_800_000_000_000L;

    static final List<String> HOSTS = List.of("h0", "h1", "h2", "h3", "h4", "Häuser", "h%6", "");
    static final List<String> REGIONS = List.of("eu", "us", "ap");
    private static final List<String> NOTES =
            List.of("ok", "OK", "warn", "fail: it's", "naïve", "a_b", "", "x\ty", "😀 smile");
    private static final long SECOND = 1_000_000_000L;
    private static final long YEAR_PART = 40 * 86_400 * SECOND;

    private OracleData() {}

    /// A uint64: small, near 2^63, or anything.
    private static BigInteger unsigned(Random random) {
        long bits =
                switch (random.nextInt(8)) {
                    case 0 -> Long.MAX_VALUE + random.nextInt(3);
                    case 1 -> random.nextLong();
                    case 2 -> -1L - random.nextInt(3);
                    default -> random.nextInt(50);
                };
        return new BigInteger(Long.toUnsignedString(bits));
    }

    /// Gives points a uint64 field `u`, of which series by series small numbers only, or all.
    private static void addUnsigned(List<TestPoint> points, Random random) {
        var wild = new HashMap<Map<String, String>, Boolean>();
        for (int i = 0; i < points.size(); i++) {
            TestPoint point = points.get(i);
            boolean any = wild.computeIfAbsent(point.tags(), _ -> random.nextInt(3) == 0);
            if (random.nextInt(3) > 0) {
                var fields = new HashMap<>(point.fields());
                fields.put("u", any ? unsigned(random) : BigInteger.valueOf(random.nextInt(50)));
                points.set(
                        i, new TestPoint(point.measurement(), point.tags(), point.time(), fields));
            }
        }
    }

    /// Points in the order of their arrival.
    public static List<TestPoint> points(long seed) {
        var random = new Random(seed);
        var points = new ArrayList<TestPoint>();
        for (String host : HOSTS) {
            if (host.isEmpty()) {
                continue;
            }
            int seriesCount = 1 + random.nextInt(4);
            for (int series = 0; series < seriesCount; series++) {
                var tags = new HashMap<String, String>();
                tags.put("host", host);
                if (random.nextInt(4) > 0) {
                    tags.put("region", REGIONS.get(random.nextInt(REGIONS.size())));
                }
                if (random.nextInt(3) == 0) {
                    tags.put("slot", "s" + series);
                }
                addSeries(Map.copyOf(tags), random, points);
            }
        }
        disturb(points, random);
        addUnsigned(points, new Random(~seed));
        return points;
    }

    private static void addSeries(Map<String, String> tags, Random random, List<TestPoint> points) {
        boolean isRegular = random.nextBoolean();
        int rows = 1 + random.nextInt(random.nextInt(3) == 0 ? 2_500 : 300);
        long time = START + (random.nextInt(4) == 0 ? random.nextInt(1_000) * SECOND : 0);
        long walk = random.nextInt(100);
        boolean sparse = random.nextBoolean();
        // now and then rows of many years, or rows that have hardly a value
        boolean isWide = random.nextInt(6) == 0;
        boolean isBare = random.nextInt(6) == 0;
        if (isWide) {
            rows = Math.min(rows, 120);
            time = -rows / 2 * YEAR_PART;
        }
        for (int row = 0; row < rows; row++) {
            time += isWide ? (long) (random.nextDouble() * 2 * YEAR_PART) : 0;
            time += isRegular ? 10 * SECOND : 1 + (long) (random.nextDouble() * 30 * SECOND);
            walk += random.nextInt(11) - 5;
            var fields = new HashMap<String, Object>();
            fields.put("i", walk);
            putSometimes(fields, "j", (long) random.nextInt(7) - 3, sparse, random);
            putSometimes(
                    fields, "f", Math.round(random.nextGaussian() * 1_000) / 100.0, sparse, random);
            putSometimes(fields, "g", random.nextDouble() * 1_000, true, random);
            putSometimes(fields, "o", random.nextBoolean(), true, random);
            putSometimes(fields, "s", NOTES.get(random.nextInt(NOTES.size())), true, random);
            if (random.nextInt(20) == 0) {
                fields.remove("i");
            }
            if (isBare) {
                String only = List.of("j", "f", "g", "o", "s").get(random.nextInt(5));
                fields.keySet().retainAll(Set.of(only));
            }
            if (fields.isEmpty()) {
                fields.put("i", walk);
            }
            points.add(new TestPoint(MEASUREMENT, tags, time, fields));
        }
    }

    private static void putSometimes(
            Map<String, Object> fields,
            String name,
            Object value,
            boolean sometimes,
            Random random) {
        if (!sometimes || random.nextInt(3) > 0) {
            fields.put(name, value);
        }
    }

    /// Some points arrive late, some twice with other values.
    private static void disturb(List<TestPoint> points, Random random) {
        int count = points.size() / 20;
        for (int i = 0; i < count; i++) {
            Collections.swap(points, random.nextInt(points.size()), random.nextInt(points.size()));
        }
        for (int i = 0; i < count; i++) {
            TestPoint before = points.get(random.nextInt(points.size()));
            var fields = new HashMap<String, Object>();
            putSometimes(fields, "i", (long) random.nextInt(1_000), true, random);
            putSometimes(fields, "f", random.nextInt(1_000) / 4.0, true, random);
            if (!fields.isEmpty()) {
                points.add(new TestPoint(MEASUREMENT, before.tags(), before.time(), fields));
            }
        }
    }
}

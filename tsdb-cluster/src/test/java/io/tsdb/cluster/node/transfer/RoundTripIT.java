package io.tsdb.cluster.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;
import io.tsdb.cluster.node.client.SqlText;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What was stored, exported and imported again is equal to the bit: as line protocol and as CSV,
/// out of memory and out of Parquet. `-Dtsdb.seed` repeats a run, `-Dtsdb.rounds` makes it longer.
class RoundTripIT {
    private static final int ROUNDS = Integer.getInteger("tsdb.rounds", 16);

    @TempDir Path temporary;

    private final HttpClient http = HttpClient.newHttpClient();
    private String url = "";

    @Test
    void exportAndImportGiveTheSamePoints() throws Exception {
        long seed = Long.getLong("tsdb.seed", new Random().nextLong());
        System.out.println("seed " + seed);
        Path data = temporary.resolve("data");
        List<StoredData> stored = new ArrayList<>();
        try (TsdbProcess node = TsdbProcess.start(data)) {
            url = node.awaitReady();
            for (int round = 0; round < ROUNDS; round++) {
                StoredData one = StoredData.random(seed + round);
                stored.add(one);
                write("from" + round, one);
                roundTrip(one, "from" + round, "-" + round, "seed " + seed + " round " + round);
            }
            node.terminate();
        }
        try (TsdbProcess node = TsdbProcess.start(data)) {
            url = node.awaitReady();
            for (int round = 0; round < ROUNDS; round += 5) {
                String what = "seed " + seed + " round " + round + " after a restart";
                roundTrip(stored.get(round), "from" + round, "-again-" + round, what);
            }
        }
        http.close();
    }

    private void write(String database, StoredData stored) throws Exception {
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(URI.create(url + "/write?db=" + database))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(stored.lines()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }

    private void roundTrip(StoredData stored, String from, String to, String what)
            throws Exception {
        assertThat(points(from, stored)).as(what + " as written").isEqualTo(stored.points());
        Path lines = temporary.resolve("export.lp");
        Path csv = temporary.resolve("export.csv");
        try (var exporter = new Exporter(url, from, Optional.empty(), HttpClient.newHttpClient())) {
            assertThat(exporter.measurements())
                    .containsExactlyInAnyOrderElementsOf(stored.measurements());
            try (OutputStream out = Files.newOutputStream(lines)) {
                for (String measurement : stored.measurements()) {
                    exporter.lines(measurement, "", out);
                }
            }
            for (String measurement : stored.measurements()) {
                try (OutputStream out = Files.newOutputStream(csv)) {
                    exporter.csv(measurement, "", true, out);
                }
                var options = new CsvOptions(csv);
                options.measurement(measurement);
                try (Importer importer = importer("csv" + to)) {
                    assertComplete(importer.csv(options, csv, null), what + " CSV");
                }
            }
        }
        try (Importer importer = importer("lines" + to)) {
            assertComplete(importer.lines(lines, null), what + " lines");
        }
        assertThat(points("lines" + to, stored)).as(what + " lines").isEqualTo(stored.points());
        assertThat(points("csv" + to, stored)).as(what + " CSV").isEqualTo(stored.points());
        for (String measurement : stored.measurements()) {
            for (String keys : List.of("SHOW TAG KEYS FROM ", "SHOW FIELD KEYS FROM ")) {
                String statement = keys + SqlText.name(measurement);
                JsonNode right = query(from, statement).get("rows");
                assertThat(query("lines" + to, statement).get("rows")).as(what).isEqualTo(right);
                assertThat(query("csv" + to, statement).get("rows")).as(what).isEqualTo(right);
            }
        }
    }

    private Importer importer(String database) {
        return new Importer(
                url,
                "precision=ns&db=" + database,
                Optional.empty(),
                HttpClient.newHttpClient(),
                2,
                System::nanoTime);
    }

    private static void assertComplete(Importer.Summary summary, String what) {
        assertThat(summary.reasons()).as(what).isEmpty();
        assertThat(summary.warnings()).as(what).isEmpty();
        assertThat(summary.refused()).as(what).isZero();
    }

    /// What a database has, in the form of [StoredData#points].
    private SortedMap<String, SortedMap<String, Object>> points(String database, StoredData stored)
            throws Exception {
        var points = new TreeMap<String, SortedMap<String, Object>>();
        for (String measurement : stored.measurements()) {
            String name = SqlText.name(measurement);
            Set<String> tagKeys = new HashSet<>();
            for (JsonNode row : query(database, "SHOW TAG KEYS FROM " + name).get("rows")) {
                tagKeys.add(row.get(row.size() - 1).asString());
            }
            JsonNode answer = query(database, "SELECT * FROM " + name);
            for (JsonNode row : answer.get("rows")) {
                addPoint(points, measurement, answer.get("columns"), tagKeys, row);
            }
        }
        return points;
    }

    private static void addPoint(
            SortedMap<String, SortedMap<String, Object>> points,
            String measurement,
            JsonNode columns,
            Set<String> tagKeys,
            JsonNode row) {
        var tags = new TreeMap<String, String>();
        var fields = new TreeMap<String, Object>();
        long time = 0;
        for (int i = 0; i < row.size(); i++) {
            String name = columns.get(i).get("name").asString();
            JsonNode value = row.get(i);
            if (name.equals("time")) {
                time = value.asLong();
            } else if (tagKeys.contains(name) && !value.isNull()) {
                tags.put(name, value.asString());
            } else if (!value.isNull()) {
                fields.put(
                        name,
                        switch (columns.get(i).get("type").asString()) {
                            case "int64" -> value.asLong();
                            case "uint64" -> value.asBigInteger();
                            case "float64" -> value.asDouble();
                            case "bool" -> value.asBoolean();
                            default -> value.asString();
                        });
            }
        }
        assertThat(points.put(StoredData.key(measurement, tags, time), fields))
                .as("one row per point")
                .isNull();
    }

    private JsonNode query(String database, String statement)
            throws IOException, InterruptedException {
        String form =
                "epoch=ns&db="
                        + database
                        + "&q="
                        + URLEncoder.encode(statement, StandardCharsets.UTF_8);
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(URI.create(url + "/api/v1/sql"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString(form))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(statement + ": " + response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }
}

package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// `tsdb check` before and after damage, and a node that runs with a damaged part.
class CheckIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir Path temporary;

    private static String get(String url) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    private static String query(String url, String sql) throws Exception {
        String q = URLEncoder.encode(sql, StandardCharsets.UTF_8);
        return get(url + "/api/v1/sql?db=d&format=csv&q=" + q);
    }

    private record Run(int status, String out) {
        static Run of(String... arguments) {
            var out = new StringWriter();
            int status =
                    Main.commandLine()
                            .setOut(new PrintWriter(out, true))
                            .setErr(new PrintWriter(out, true))
                            .execute(arguments);
            return new Run(status, out.toString());
        }
    }

    @Test
    @Timeout(300)
    void aDamagedPartIsNamedAndTheRestIsServed() throws Exception {
        Path data = temporary.resolve("data");
        try (TsdbProcess process = TsdbProcess.start(data)) {
            String url = process.awaitReady();
            for (String line : new String[] {"m v=1i 1", "n v=1i 86400000000001"}) {
                HttpResponse<String> response =
                        HTTP.send(
                                HttpRequest.newBuilder(URI.create(url + "/write?db=d"))
                                        .POST(BodyPublishers.ofString(line))
                                        .build(),
                                BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(204);
            }
            assertThat(Run.of("check", data.toString()).out()).contains("in use");
            process.terminate();
        }
        Run whole = Run.of("check", data.toString());
        assertThat(whole.status()).as(whole.out()).isZero();
        assertThat(whole.out()).startsWith("whole: 2 parts");
        Path part;
        try (var files = Files.walk(data)) {
            part =
                    files.filter(file -> file.toString().endsWith(".parquet"))
                            .sorted(Comparator.comparing(Path::toString))
                            .filter(file -> file.toString().contains("date=1970-01-01"))
                            .findFirst()
                            .get();
        }
        Files.delete(part);
        try (TsdbProcess process = TsdbProcess.start(data)) {
            String url = process.awaitReady();
            String name = data.relativize(part).toString();
            assertThat(get(url + "/health")).contains("damaged: " + name, "\"pass\"");
            assertThat(get(url + "/metrics")).contains("tsdb_damages 1.0");
            assertThat(query(url, "SELECT count(*) FROM m"))
                    .contains("\"code\":\"damaged_data\"", name, "tsdb check --repair");
            assertThat(query(url, "SELECT count(*) FROM m WHERE time > '1971-01-01'"))
                    .contains("0");
            assertThat(query(url, "SELECT v FROM n")).contains("1");
            process.terminate();
        }
        Run damaged = Run.of("check", data.toString());
        assertThat(damaged.status()).isEqualTo(1);
        assertThat(damaged.out()).contains("damaged   " + part + ": the file is missing");
        Run repaired = Run.of("check", "--repair", data.toString());
        assertThat(repaired.status()).as(repaired.out()).isZero();
        assertThat(repaired.out()).contains("given up  " + part);
        Path manifest = data.resolve("shard-0/manifest");
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[bytes.length / 2] ^= 4;
        Files.write(manifest, bytes);
        try (TsdbProcess process = TsdbProcess.start(data)) {
            assertThat(process.awaitEnd()).isNotZero();
            assertThat(process.errors())
                    .contains(manifest.toString(), "`tsdb check " + data + "` names");
        }
        bytes[bytes.length / 2] ^= 4;
        Files.write(manifest, bytes);
        Files.writeString(data.resolve("tokens"), "nonsense");
        Run tokens = Run.of("check", data.toString());
        assertThat(tokens.status()).isEqualTo(1);
        assertThat(tokens.out()).contains("tokens", "create tokens anew");
        Files.writeString(data.resolve("tokens.lock"), "tokens were made\n");
        Files.delete(data.resolve("tokens"));
        Run gone = Run.of("check", data.toString());
        assertThat(gone.status()).as(gone.out()).isEqualTo(1);
        assertThat(gone.out()).contains(data.resolve("tokens") + ": the file is missing");
    }
}

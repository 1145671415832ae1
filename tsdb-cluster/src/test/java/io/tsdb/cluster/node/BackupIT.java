package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// `tsdb backup` of a node that is written to, `tsdb restore`, and a node on what was restored.
class BackupIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir Path temporary;

    private static void write(String url, String lines) throws Exception {
        HttpResponse<String> response =
                HTTP.send(
                        HttpRequest.newBuilder(URI.create(url + "/write?db=d"))
                                .POST(BodyPublishers.ofString(lines))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    }

    private static String query(String url, String sql) throws Exception {
        String q = URLEncoder.encode(sql, StandardCharsets.UTF_8);
        return HTTP.send(
                        HttpRequest.newBuilder(
                                        URI.create(url + "/api/v1/sql?db=d&format=csv&q=" + q))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static int run(String... arguments) {
        return Main.commandLine().execute(arguments);
    }

    @Test
    @Timeout(300)
    void restoresEverythingThatWasAcknowledgedBefore() throws Exception {
        Path first = temporary.resolve("first");
        Path second = temporary.resolve("second");
        var written = new AtomicLong();
        long before;
        try (TsdbProcess process = TsdbProcess.start(temporary.resolve("data"))) {
            String url = process.awaitReady();
            write(url, "m,host=a v=1i,t=\"é\" 1700000000000000000\n");
            var done = new AtomicBoolean();
            var writer =
                    CompletableFuture.runAsync(
                            () -> {
                                for (long i = 1; !done.get(); i++) {
                                    try {
                                        write(url, "n,host=h" + i % 9 + " v=" + i + "i " + i);
                                    } catch (Exception e) {
                                        throw new AssertionError(e);
                                    }
                                    written.set(i);
                                }
                            },
                            work -> new Thread(work).start());
            while (written.get() < 50 && !writer.isDone()) {
                Thread.onSpinWait();
            }
            assertThat(run("backup", first.toString(), "--url=" + url)).isZero();
            before = written.get();
            assertThat(run("backup", second.toString(), "--since=" + first, "--url=" + url))
                    .isZero();
            assertThat(run("backup", second.toString(), "--url=" + url)).isEqualTo(1);
            done.set(true);
            writer.get();
        }
        // as a package or a mounted disk has it: there, and empty
        Path restored = Files.createDirectory(temporary.resolve("restored"));
        Path growing = Files.createDirectory(restored.resolve("restoring"));
        try (TsdbProcess process = TsdbProcess.start(restored)) {
            assertThat(process.awaitEnd()).isEqualTo(1);
            assertThat(process.errors()).contains("did not come to its end");
        }
        assertThat(growing).isEmptyDirectory();
        assertThat(run("restore", second.toString(), "--data=" + restored)).isZero();
        try (TsdbProcess process = TsdbProcess.start(restored)) {
            String url = process.awaitReady();
            assertThat(query(url, "SELECT host, v, t FROM m")).contains("a,1,é");
            // what was acknowledged before is there without a gap; of what came later, a part
            List<String> counts =
                    query(url, "SELECT count(*), max(v), sum(v) FROM n").lines().toList();
            String[] row = counts.getLast().split(",", -1);
            long count = Long.parseLong(row[0]);
            assertThat(count).isGreaterThanOrEqualTo(before);
            write(url, "m,host=b v=2i 1700000000000000001\n");
            assertThat(query(url, "SELECT count(*) FROM m")).contains("2");
        }
        try (var files = Files.walk(first)) {
            Path part = files.filter(file -> file.toString().endsWith(".parquet")).findAny().get();
            byte[] bytes = Files.readAllBytes(part);
            bytes[bytes.length / 2] ^= 1;
            Files.delete(part);
            Files.write(part, bytes);
        }
        Path bad = temporary.resolve("bad");
        assertThat(run("restore", first.toString(), "--data=" + bad)).isEqualTo(1);
        assertThat(bad).doesNotExist();
    }
}

package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tsdb.cluster.node.crash.Strace;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// A process on a disk that is really full, and with syncs that really fail: nothing that was
/// acknowledged is lost, and writes go on by themselves. Needs rights to mount and to trace;
/// skipped without.
@Timeout(300)
class DiskIT {
    private static final long GOES_ON_SECONDS_MAX = 10;
    private static final int REFUSALS = 100;
    private static final int FLOOD_WRITERS = 128;
    private static final int FLOOD_REQUESTS = 160;
    private static final int FLOOD_LINES = 20_000;

    @TempDir Path temporary;

    private final HttpClient client = HttpClient.newHttpClient();
    private String url = "";
    private long sent;
    private long written;

    /// Lines of times that were never sent.
    private String next(int lines) {
        var body = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            body.append("m,host=h").append(i % 10).append(" v=").append(sent).append("i ");
            body.append(1_700_000_000_000_000_000L + sent++).append('\n');
        }
        return body.toString();
    }

    private int write() throws IOException, InterruptedException {
        int status = post(next(1_000)).statusCode();
        if (status == 204) {
            written += 1_000;
        }
        return status;
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url + "/write?db=d"))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> sql(String statement) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url + "/api/v1/sql?db=d"))
                        .header("Content-Type", "application/sql")
                        .POST(HttpRequest.BodyPublishers.ofString(statement))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String get(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + path)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private String count() throws IOException, InterruptedException {
        String query = URLEncoder.encode("SELECT count(v) FROM m", StandardCharsets.UTF_8);
        return get("/api/v1/sql?db=d&format=csv&q=" + query).lines().skip(1).findFirst().orElse("");
    }

    /// @return how long it took
    private double writeUntilTaken() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (write() != 204) {
            assertThat(System.nanoTime() - start)
                    .isLessThan(TimeUnit.SECONDS.toNanos(GOES_ON_SECONDS_MAX));
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static boolean runs(String... command) throws IOException, InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor() == 0;
        } catch (IOException _) {
            return false; // there is no such program
        }
    }

    @Test
    void goesOnOnceAFullDiskHasRoom() throws Exception {
        Path disk = Files.createDirectories(temporary.resolve("disk"));
        assumeTrue(
                runs("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", disk.toString()),
                "no right to mount a file system");
        try {
            Path filler = disk.resolve("filler");
            try (var tsdb = TsdbProcess.start(disk.resolve("data"), "--disk-reserve=16MiB")) {
                url = tsdb.awaitReady();
                assertThat(write()).isEqualTo(204);
                for (int episode = 0; episode < 2; episode++) {
                    fill(filler);
                    int status = write();
                    while (status == 204) {
                        status = write();
                    }
                    assertThat(status).isEqualTo(507);
                    for (int again = 0; again < REFUSALS; again++) {
                        HttpResponse<String> refused = post(next(1_000));
                        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(507);
                    }
                    HttpResponse<String> backup = sql("BACKUP TO '" + disk.resolve("b") + "'");
                    assertThat(backup.body()).contains("disk_full");
                    assertThat(backup.statusCode()).isEqualTo(507);
                    String export = "EXPORT m TO '" + disk.resolve("e") + "'";
                    assertThat(sql(export).body()).contains("disk_full");
                    assertThat(get("/health")).contains("nearly full");
                    assertThat(count()).isEqualTo(Long.toString(written));
                    Files.delete(filler);
                    System.out.printf("DiskIT: room, writes after %.1f s%n", writeUntilTaken());
                    assertThat(count()).isEqualTo(Long.toString(written));
                }
                tsdb.kill();
            }
            restart(disk.resolve("data"));
        } finally {
            runs("umount", disk.toString());
        }
    }

    /// All the room there is, up to the last byte.
    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[1 << 16];
        try (var out = Files.newOutputStream(filler)) {
            while (Files.getFileStore(filler).getUsableSpace() > 0) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    @Test
    void goesOnOnceSyncsWorkAgain() throws Exception {
        Strace.assumeThere();
        Path data = temporary.resolve("data");
        try (var tsdb = TsdbProcess.start(data)) {
            url = tsdb.awaitReady();
            assertThat(write()).isEqualTo(204);
            try (Strace strace =
                    Strace.attach(
                            tsdb.pid(),
                            "-o",
                            temporary.resolve("trace").toString(),
                            "-e",
                            "trace=fdatasync,fsync",
                            "-e",
                            "inject=fdatasync,fsync:error=EIO")) {
                int status = write();
                while (status == 204) {
                    status = write();
                }
                assertThat(status).isEqualTo(500);
                assertThat(write()).isEqualTo(503);
                assertThat(get("/health")).contains("Input/output error").contains("\"fail\"");
                assertThat(count()).isEqualTo(Long.toString(written));
                strace.detach();
            }
            System.out.printf("DiskIT: syncs work, writes after %.1f s%n", writeUntilTaken());
            assertThat(get("/health")).contains("\"pass\"");
            assertThat(count()).isEqualTo(Long.toString(written));
            tsdb.kill();
        }
        restart(data);
    }

    /// Syncs that take long: what is sent meanwhile waits or is told to come again, memory stays as
    /// it is, and everything that was acknowledged is there.
    @Test
    void slowSyncsHoldWritersBack() throws Exception {
        Strace.assumeThere();
        Path data = temporary.resolve("data");
        try (var tsdb = TsdbProcess.start(data)) {
            url = tsdb.awaitReady();
            assertThat(write()).isEqualTo(204);
            for (String millis : System.getProperty("tsdb.sync.delays", "300").split(",")) {
                int refused = 0;
                try (Strace strace =
                                Strace.attach(
                                        tsdb.pid(),
                                        "-o",
                                        temporary.resolve("trace-" + millis).toString(),
                                        "-e",
                                        "trace=fdatasync,fsync",
                                        "-e",
                                        "inject=fdatasync,fsync:delay_exit=" + millis + "000");
                        var writers = Executors.newFixedThreadPool(FLOOD_WRITERS)) {
                    var sent = new ArrayList<Future<Integer>>();
                    for (int i = 0; i < FLOOD_REQUESTS; i++) {
                        String body = next(FLOOD_LINES);
                        sent.add(writers.submit(() -> post(body).statusCode()));
                    }
                    for (Future<Integer> one : sent) {
                        int status = one.get();
                        assertThat(status).isIn(204, 429, 503);
                        written += status == 204 ? FLOOD_LINES : 0;
                        refused += status == 204 ? 0 : 1;
                    }
                    strace.detach();
                }
                System.out.printf(
                        "DiskIT: syncs of %s ms, %d requests of %d lines, %d refused%n",
                        millis, FLOOD_REQUESTS, FLOOD_LINES, refused);
                assertThat(count()).isEqualTo(Long.toString(written));
            }
            assertThat(get("/health")).contains("\"pass\"");
            tsdb.kill();
        }
        restart(data);
    }

    private void restart(Path data) throws Exception {
        try (var tsdb = TsdbProcess.start(data)) {
            url = tsdb.awaitReady();
            assertThat(count()).isEqualTo(Long.toString(written));
            tsdb.terminate();
        }
    }
}

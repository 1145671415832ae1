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
import java.util.concurrent.TimeUnit;

/// A process on a disk that is really full, and with syncs that really fail: nothing that was
/// acknowledged is lost, and writes go on by themselves. Needs rights to mount and to trace;
/// skipped without.
@Timeout(300)
class DiskIT {
    private static final long GOES_ON_SECONDS_MAX = 10;

    @TempDir Path temporary;

    private final HttpClient client = HttpClient.newHttpClient();
    private String url = "";
    private long written;

    private int write() throws IOException, InterruptedException {
        var body = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            body.append("m,host=h").append(i % 10).append(" v=").append(written + i).append("i ");
            body.append(1_700_000_000_000_000_000L + written + i).append('\n');
        }
        int status = post(body.toString()).statusCode();
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

    private void restart(Path data) throws Exception {
        try (var tsdb = TsdbProcess.start(data)) {
            url = tsdb.awaitReady();
            assertThat(count()).isEqualTo(Long.toString(written));
            tsdb.terminate();
        }
    }
}

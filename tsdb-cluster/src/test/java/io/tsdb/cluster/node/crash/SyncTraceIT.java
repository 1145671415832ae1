package io.tsdb.cluster.node.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the operating system saw: before each 204 leaves the process, the log was written and that
/// write was synced. No test double can be wrong about this.
class SyncTraceIT {
    private static final int WRITES = 60;

    @TempDir Path temporary;

    @Test
    void syncsTheLogBeforeItAnswers() throws Exception {
        Strace.assumeThere();
        try (TsdbProcess node = TsdbProcess.start(temporary.resolve("data"));
                HttpClient client = HttpClient.newHttpClient()) {
            URI target = URI.create(node.awaitReady()).resolve("/write?db=traced");
            // the first write makes the database, the log's first segment and the spare one
            write(client, target, -1);
            Path trace = temporary.resolve("trace");
            try (Strace strace =
                    Strace.attach(
                            node.pid(),
                            "-s",
                            "20",
                            "-o",
                            trace.toString(),
                            "-e",
                            "trace=fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg")) {
                for (int i = 0; i < WRITES; i++) {
                    write(client, target, i);
                }
                strace.detach();
            }
            assertThat(answers(Files.readAllLines(trace))).isEqualTo(WRITES);
        }
    }

    private static void write(HttpClient client, URI target, int number)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(target)
                        .POST(BodyPublishers.ofString("m f=" + number + "i " + number))
                        .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
    }

    /// Walks through the calls in their order, and counts the answers.
    ///
    /// A call is on a line of its own, or on two when another thread's came between: its start ends
    /// with `<unfinished ...>`, its end begins with `<... name resumed>`. A sync covers the writes
    /// that had ended when it started.
    private static int answers(List<String> trace) {
        int written = 0;
        int writtenAtSync = 0;
        int synced = 0;
        int answered = 0;
        String syncing = "";
        for (String line : trace) {
            String thread = line.substring(0, line.indexOf(' '));
            boolean log = line.contains(".wal>");
            if (log && line.contains("pwrite64(")) {
                // counted when it starts: a sync that starts before its end must not cover it
                written++;
            } else if (log && line.contains("fdatasync(")) {
                writtenAtSync = written;
                syncing = thread;
                if (line.endsWith("= 0")) {
                    synced = writtenAtSync;
                    syncing = "";
                }
            } else if (thread.equals(syncing) && line.contains("fdatasync resumed")) {
                assertThat(line).endsWith("= 0");
                synced = writtenAtSync;
                syncing = "";
            } else if (line.contains("\"HTTP/1.1 204")) {
                answered++;
                assertThat(synced).as(line).isGreaterThanOrEqualTo(answered);
                assertThat(synced).as("all writes are synced before " + line).isEqualTo(written);
            }
        }
        return answered;
    }
}

package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.storage.net.EventLoops;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// Bodies that take long to inflate and decode: their event loop, of which there is one here,
/// serves others meanwhile. When they are decoded is the test's to say.
class LongBodiesTest {
    private static final String WRITE = "/write?db=d";
    private static final Map<String, String> GZIP = Map.of("Content-Encoding", "gzip");

    /// What a thread for bodies would do.
    private final ArrayDeque<Runnable> work = new ArrayDeque<>();

    private final AtomicLong nanos = new AtomicLong();
    private volatile long nanosPerLook;

    private TestServer server() throws IOException {
        var options = new TestServer.Options();
        options.loops = EventLoops.create(1);
        options.threads = new BodyThreads(this::later, () -> nanos.getAndAdd(nanosPerLook));
        return new TestServer(options);
    }

    private void later(Runnable step) {
        synchronized (work) {
            work.add(step);
        }
    }

    private boolean isWaiting() {
        synchronized (work) {
            return !work.isEmpty();
        }
    }

    /// @return whether there was something to do
    private boolean workOnce() {
        Runnable step;
        synchronized (work) {
            step = work.poll();
        }
        if (step != null) {
            step.run();
        }
        return step != null;
    }

    private void workUntil(CompletableFuture<?> done) {
        TestServer.await(
                "the answer",
                () -> {
                    workOnce();
                    return done.isDone();
                });
    }

    private static CompletableFuture<HttpSocket.Answer> post(
            HttpSocket socket, Map<String, String> headers, byte[] body) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return socket.post(WRITE, headers, body);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static byte[] lines(int count) {
        var lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append("m,t=").append(i % 7).append(" f=").append(i).append(' ');
            lines.append(i).append('\n');
        }
        return lines.toString().getBytes(UTF_8);
    }

    @Test
    void theLoopServesOthersWhileACodedBodyWaitsForItsThread() throws Exception {
        try (var server = server();
                HttpSocket socket = server.connect()) {
            var answer = post(socket, GZIP, BodyCodingTest.gzip(lines(20_000)));
            TestServer.await("the body", this::isWaiting);
            assertThat(server.get("/ping").status()).isEqualTo(204);
            assertThat(server.post(WRITE, "other f=1 1").status()).isEqualTo(204);
            assertThat(server.sink.writes()).isEqualTo(1);
            assertThat(answer).isNotDone();
            workUntil(answer);
            assertThat(answer.join().status()).isEqualTo(204);
            assertThat(server.sink.written()).hasSize(20_001);
            assertThat(server.waiting.reserved()).isZero();
        }
    }

    /// A thread does ten milliseconds of one body, then of the next.
    @Test
    void bodiesShareTheThreadsInSlices() throws Exception {
        nanosPerLook = 6_000_000;
        try (var server = server();
                HttpSocket socket = server.connect()) {
            var answer = post(socket, GZIP, BodyCodingTest.gzip(lines(40_000)));
            int slices = 0;
            while (!answer.isDone()) {
                slices += workOnce() ? 1 : 0;
                Thread.onSpinWait();
            }
            assertThat(answer.join().status()).isEqualTo(204);
            assertThat(slices).isGreaterThan(lines(40_000).length / (64 << 10) / 2);
            assertThat(server.sink.written()).hasSize(40_000);
        }
    }

    @Test
    void aPlainBodyStaysOnItsLoopWhileItIsFast() throws Exception {
        try (var server = server();
                HttpSocket socket = server.connect()) {
            assertThat(socket.post(WRITE, Map.of(), lines(20_000)).status()).isEqualTo(204);
            assertThat(work).isEmpty();
        }
    }

    @Test
    void aPlainBodyThatIsSlowLeavesItsLoopAndIsWrittenWhole() throws Exception {
        nanosPerLook = 1_000_000; // per part
        try (var server = server();
                HttpSocket socket = server.connect()) {
            var answer = post(socket, Map.of(), lines(30_000));
            TestServer.await("the rest of the body", this::isWaiting);
            assertThat(server.get("/ping").status()).isEqualTo(204);
            assertThat(server.sink.writes()).isZero();
            workUntil(answer);
            assertThat(answer.join().status()).isEqualTo(204);
            assertThat(server.sink.written()).hasSize(30_000).last().asString().contains("@29999");
            nanosPerLook = 0;
            assertThat(socket.post(WRITE, Map.of(), lines(10)).status()).isEqualTo(204);
            assertThat(work).isEmpty();
        }
    }

    /// The log's record of so many points takes long, too.
    @Test
    void aPlainBodyOfManyMebibytesLeavesItsLoop() throws Exception {
        try (var server = server();
                HttpSocket socket = server.connect()) {
            byte[] comments = ("# " + "x".repeat(1_000) + "\n").repeat(5_000).getBytes(UTF_8);
            byte[] body = BodyCodingTest.concat(comments, lines(1_000));
            assertThat(body).hasSizeGreaterThan(4 << 20);
            var answer = post(socket, Map.of(), body);
            TestServer.await("the body", this::isWaiting);
            workUntil(answer);
            assertThat(answer.join().status()).isEqualTo(204);
            assertThat(server.sink.written()).hasSize(1_000);
        }
    }

    @Test
    void nothingIsReadWhileWhatWasReadWaits() throws Exception {
        byte[] noise = new byte[16 << 20];
        new Random(1).nextBytes(noise); // does not inflate to lines, which is found out later
        try (var server = server();
                HttpSocket socket = server.connect()) {
            var answer = post(socket, GZIP, noise);
            TestServer.await("the body", this::isWaiting);
            for (int i = 0; i < 20; i++) {
                assertThat(server.get("/ping").status()).isEqualTo(204);
            }
            assertThat(server.counters.writeBytesRaw.sum()).isLessThan(1 << 20);
            assertThat(server.waiting.reserved())
                    .isBetween(server.counters.writeBytesRaw.sum(), 2L << 20);
            workUntil(answer);
            assertThat(answer.join().status()).isEqualTo(400);
            assertThat(server.waiting.reserved()).isZero();
        }
    }

    @Test
    void aClientThatLeavesTakesItsBodyAlong() throws Exception {
        try (var server = server()) {
            try (HttpSocket socket = server.connect()) {
                byte[] body = BodyCodingTest.gzip(lines(1_000));
                socket.send(HttpSocket.head("POST", WRITE, GZIP, body.length + 1));
                socket.send(body);
                TestServer.await("the body", this::isWaiting);
            }
            TestServer.await(
                    "what it held",
                    () -> {
                        workOnce();
                        return server.waiting.reserved() == 0 && server.connections.open.sum() == 0;
                    });
            assertThat(server.sink.writes()).isZero();
            assertThat(server.post(WRITE, "m f=1 1").status()).isEqualTo(204);
        }
    }

    @Test
    void aLimitIsAnsweredBeforeTheRestOfTheBodyHasCome() throws Exception {
        try (var server = server();
                HttpSocket socket = server.connect()) {
            byte[] body = BodyCodingTest.gzip(new byte[80 << 20]);
            socket.send(HttpSocket.head("POST", WRITE, GZIP, body.length + 10_000));
            socket.send(body);
            var answer =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return socket.read();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            workUntil(answer);
            assertThat(answer.join().status()).isEqualTo(413);
            socket.send(new byte[10_000]);
            assertThat(socket.post(WRITE, Map.of(), lines(1)).status()).isEqualTo(204);
        }
    }
}

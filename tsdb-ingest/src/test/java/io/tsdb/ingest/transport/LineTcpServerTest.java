package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.ingest.batch.PointSink.WriteResult;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.ingest.protocol.line.LineDecoder;
import io.tsdb.ingest.transport.LineTcpConfig.OnBadLine;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.EventLoops;
import io.tsdb.storage.net.Listener;
import io.tsdb.storage.net.ListenerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Line protocol over TCP, on loopback.
class LineTcpServerTest {
    private final ControlledPointSink sink = new ControlledPointSink();
    private final IngestCounters counters = new IngestCounters();
    private final AtomicLong clock = new AtomicLong();
    private WaitingBytes waiting = new WaitingBytes(64 << 20, System::nanoTime);
    private Access access = Access.OPEN;
    private final EventLoops loops = EventLoops.create(2);

    @AfterEach
    void endThreads() {
        loops.close();
        sink.close();
    }

    @Test
    void writesLinesAndEndsItsSideWhenAllAreWritten() throws IOException {
        LineTcpServer server = server(config());
        try (Socket socket = connect(server)) {
            send(socket, "m,t=a f=1 1\nm,t=b f=2");
            send(socket, " 2\n");
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(sink.written())
                    .containsExactlyInAnyOrder(
                            "m{t=a} f:float64=1.0 @1", "m{t=b} f:float64=2.0 @2");
        } finally {
            server.stop();
        }
    }

    @Test
    void writesWithoutWaitingForMore() throws IOException {
        LineTcpServer server = server(config());
        try (Socket socket = connect(server)) {
            for (int i = 0; i < 5; i++) {
                send(socket, "m f=1 " + i + "\n");
                int lines = i + 1;
                TestServer.await("line " + i, () -> sink.written().size() == lines);
            }
        } finally {
            server.stop();
        }
    }

    @Test
    void writesCompleteLinesOfAClientThatJustCloses() throws IOException {
        LineTcpServer server = server(config());
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\nm f=2 2\n");
        }
        TestServer.await("both", () -> sink.written().size() == 2);
        server.stop();
    }

    @Test
    void doesNotTakeThePartOfALineForALine() throws IOException {
        LineTcpServer server = server(config());
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\nm f=12"); // of 1234
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(sink.written()).containsExactly("m{} f:float64=1.0 @1");
        } finally {
            server.stop();
        }
    }

    @Test
    void skipsBadLinesAndCountsThem() throws IOException {
        LineTcpServer server = server(config());
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\nbroken\nm f=x 2\nm f=3 3\n");
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(sink.written())
                    .containsExactly("m{} f:float64=1.0 @1", "m{} f:float64=3.0 @3");
            assertThat(counters.linesRefused.sum()).isEqualTo(2);
            assertThat(counters.linesWritten.sum()).isEqualTo(2);
        } finally {
            server.stop();
        }
    }

    /// Lines that are slow to decode are decoded in turns, and the loop's other work comes between.
    @Test
    void theLoopServesOthersBetweenTheTurnsOfSlowLines() throws IOException {
        var others = new AtomicLong();
        var seenByDecoder = ConcurrentHashMap.<Long>newKeySet();
        var ticks = new AtomicLong();
        EventLoops one = EventLoops.create(1);
        var server =
                new LineTcpServer(
                        one,
                        config(),
                        sink,
                        () ->
                                new WatchedDecoder(
                                        new LineDecoder(sink, false),
                                        () -> {
                                            seenByDecoder.add(others.get());
                                            one.group().execute(others::incrementAndGet);
                                        }),
                        access,
                        waiting,
                        counters,
                        () -> Instant.EPOCH,
                        () -> ticks.addAndGet(2_000_000)); // each part takes that long
        try (Socket socket = connect(server)) {
            send(socket, "m,t=abcdefgh f=1 1\n".repeat(20_000));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(sink.written()).hasSize(20_000);
            // two parts of 8 KiB are a turn
            assertThat(seenByDecoder).hasSizeGreaterThan(380_000 / (8 << 10) / 2 - 10);
            assertThat(waiting.reserved()).isZero();
        } finally {
            server.stop();
            one.close();
        }
    }

    @Test
    void disconnectsAfterABadLineWhereItIsToldTo() throws IOException {
        LineTcpServer server = server(config(1 << 20, OnBadLine.DISCONNECT, Duration.ofHours(1)));
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\nbroken\n");
            assertThat(lastWords(socket))
                    .isEqualTo(
                            "error: line 2, column 7: SYNTAX, and what came after is not"
                                    + " written\n");
            assertThat(sink.written()).containsExactly("m{} f:float64=1.0 @1");
        } finally {
            server.stop();
        }
    }

    @Test
    void gathersWhileABatchIsInFlightAndThenHoldsTheClientBack() throws Exception {
        LineTcpServer server = server(config(64 << 10, OnBadLine.SKIP, Duration.ofHours(1)));
        int lines = 100_000;
        sink.hold();
        try (Socket socket = connect(server)) {
            Thread sender = Thread.ofPlatform().start(() -> sendLines(socket, lines));
            TestServer.await("first batch", () -> sink.heldWrites() == 1);
            TestServer.await("next batch", () -> counters.lineBytes.sum() >= 64 << 10);
            sender.join(200); // it ends or blocks; the check below is sharper when it did
            sink.letGo();
            sender.join();
            TestServer.await("all", () -> counters.linesWritten.sum() == lines);
            int bytesPerLine = 14;
            assertThat(sink.pointsInLargestWrite())
                    .isLessThan(((64 << 10) + Listener.RECEIVE_BYTES_MAX) / bytesPerLine);
            TestServer.await("given back", () -> waiting.reserved() == 0);
        } finally {
            server.stop();
        }
    }

    private static void sendLines(Socket socket, int count) {
        try {
            for (int i = 0; i < count; i += 1000) {
                send(socket, lines(i, i + 1000));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Test
    void stopsReadingWhileTooManyPointsWaitAndGoesOnAfterwards() throws IOException {
        waiting = new WaitingBytes(100_000, System::nanoTime);
        LineTcpServer server = server(config());
        waiting.reserveAnyway(100_000); // somebody else's
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\n");
            TestServer.await("first read", () -> counters.linesWritten.sum() == 1);
            send(socket, "m f=2 2\n");
            waiting.release(100_000);
            TestServer.await("second read", () -> counters.linesWritten.sum() == 2);
        } finally {
            server.stop();
        }
    }

    @Test
    void keepsLinesWhenTheNodeIsOverloaded() throws IOException {
        LineTcpServer server = server(config());
        sink.answer(new WriteResult.Overloaded("behind", 1));
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\n");
            TestServer.await("refused once", () -> sink.writes() == 1);
            sink.answer(new WriteResult.Acknowledged());
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(sink.written()).containsExactly("m{} f:float64=1.0 @1");
        } finally {
            server.stop();
        }
    }

    @Test
    void resetsTheConnectionWhenTheLogFails() throws IOException {
        LineTcpServer server = server(config());
        sink.answer(new WriteResult.Failed("disk is gone"));
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\n");
            assertThat(endsWithReset(socket)).isTrue();
            assertThat(counters.tcpLinesLost.sum()).isEqualTo(1);
        } finally {
            server.stop();
        }
    }

    @Test
    void closesIdleConnections() throws IOException {
        LineTcpServer server = server(config(1 << 20, OnBadLine.SKIP, Duration.ofMillis(100)));
        try (Socket socket = connect(server)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(loops.counters().timedOut.sum()).isEqualTo(1);
        } finally {
            server.stop();
        }
    }

    @Test
    void closesConnectionsBeyondTheLimit() throws IOException {
        LineTcpServer server = server(config()); // two
        try (Socket first = connect(server);
                Socket second = connect(server)) {
            send(first, "m f=1 1\n");
            send(second, "m f=1 2\n");
            TestServer.await("both", () -> sink.written().size() == 2);
            try (Socket third = connect(server)) {
                send(third, "m f=3 3\n");
                third.shutdownOutput();
                // the end alone would say that the line is written
                assertThat(lastWords(third)).isEqualTo("error: too many connections\n");
            }
            assertThat(sink.written()).hasSize(2);
            assertThat(loops.counters().refused.sum()).isEqualTo(1);
        } finally {
            server.stop();
        }
    }

    @Test
    void stopWritesWhatWasRead() throws Exception {
        LineTcpServer server = server(config());
        sink.hold();
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\n");
            TestServer.await("first", () -> sink.heldWrites() == 1);
            send(socket, "m f=2 2\n");
            TestServer.await("second", () -> counters.lineBytes.sum() == 16);
            Thread stopping = Thread.ofPlatform().start(server::stop);
            sink.letGo();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            stopping.join();
            assertThat(sink.written()).hasSize(2);
        }
    }

    /// Lines without an end are counted, and those that stand still go when others want room.
    @Test
    void unfinishedLinesAreAShare() throws IOException {
        waiting = new WaitingBytes(64 << 20, clock::get);
        LineTcpServer server = server(config(1 << 20, OnBadLine.SKIP, Duration.ofHours(1)));
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\nm s=\"" + "x".repeat(200_000));
            TestServer.await("the end of the line", () -> waiting.reserved() >= 200_000);
            TestServer.await("the first line", () -> sink.written().size() == 1);
            send(socket, "\" 2\n");
            TestServer.await("whole line", () -> sink.written().size() == 2);
            TestServer.await("given back", () -> waiting.reserved() == 0);
            send(socket, "m s=\"" + "x".repeat(200_000));
            // without its reserve for points, and not before all of it is there
            TestServer.await("the next", () -> waiting.reserved() == 200_005);
            clock.addAndGet(TimeUnit.SECONDS.toNanos(6));
            var body = waiting.arrival(() -> "", () -> {});
            waiting.reserveAnyway(64 << 20);
            assertThat(body.grow(1)).isFalse();
            assertThat(endsWithReset(socket)).isTrue();
            waiting.release(64 << 20);
            TestServer.await("given back", () -> waiting.reserved() == 0);
        } finally {
            server.stop();
        }
    }

    /// Lets in who says "good".
    private static Access.Decision goodToken(
            Optional<String> token, Access.Right right, String database) {
        return token.equals(Optional.of("good"))
                        && right == Access.Right.WRITE
                        && database.equals("lines")
                ? Access.Decision.ALLOWED
                : Access.Decision.UNAUTHENTICATED;
    }

    /// Silence is allowed for an hour, but not before anybody knows who is silent.
    @Test
    void closesStrangersThatSayNothing() throws IOException {
        access = LineTcpServerTest::goodToken;
        LineTcpServer server =
                server(
                        config(
                                1 << 20,
                                OnBadLine.SKIP,
                                Duration.ofHours(1),
                                Duration.ofMillis(200)));
        try (Socket known = connect(server)) {
            send(known, "token good\n");
            try (Socket stranger = connect(server)) {
                assertThat(lastWords(stranger)).isEqualTo("error: no token line in time\n");
            }
            assertThat(loops.counters().timedOut.sum()).isEqualTo(1);
            send(known, "m f=1 1\n");
            TestServer.await("line of the known", () -> sink.written().size() == 1);
        } finally {
            server.stop();
        }
    }

    @Test
    void wantsATokenFirstWhereTheAuthorizerSaysSo() throws IOException {
        access = LineTcpServerTest::goodToken;
        LineTcpServer server = server(config());
        try (Socket right = connect(server);
                Socket wrong = connect(server)) {
            send(right, "token good\nm f=1 1\n");
            right.shutdownOutput();
            assertThat(right.getInputStream().read()).isEqualTo(-1);
            send(wrong, "token bad\nm f=2 2\n");
            wrong.shutdownOutput();
            assertThat(lastWords(wrong)).isEqualTo("error: token refused\n");
            assertThat(sink.written()).containsExactly("m{} f:float64=1.0 @1");
        }
        try (Socket endless = connect(server)) {
            send(endless, "x".repeat(2000));
            assertThat(lastWords(endless)).isEqualTo("error: no token line\n");
        } finally {
            server.stop();
        }
    }

    @Test
    void closesWhenTheDatabaseIsGone() throws IOException {
        sink.onlyDatabases("other");
        LineTcpServer server = server(config());
        try (Socket socket = connect(server)) {
            send(socket, "m f=1 1\n");
            assertThat(lastWords(socket)).isEqualTo("error: no database lines\n");
            assertThat(sink.writes()).isZero();
        } finally {
            server.stop();
        }
    }

    private static String lastWords(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static boolean endsWithReset(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    private LineTcpServer server(LineTcpConfig config) throws IOException {
        return new LineTcpServer(
                loops,
                config,
                sink,
                () -> new LineDecoder(sink, false),
                access,
                waiting,
                counters,
                TestServer.CLOCK,
                System::nanoTime);
    }

    private static LineTcpConfig config() {
        return config(1 << 20, OnBadLine.SKIP, Duration.ofHours(1));
    }

    private static LineTcpConfig config(int batchBytesMax, OnBadLine onBadLine, Duration idle) {
        return config(batchBytesMax, onBadLine, idle, idle);
    }

    private static LineTcpConfig config(
            int batchBytesMax, OnBadLine onBadLine, Duration idle, Duration token) {
        return new LineTcpConfig(
                ListenerConfig.of("127.0.0.1", 0, 2),
                "lines",
                Precision.NS,
                idle,
                token,
                onBadLine,
                batchBytesMax,
                DecodeLimits.DEFAULT);
    }

    private static Socket connect(LineTcpServer server) throws IOException {
        var socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String lines(int from, int to) {
        var lines = new StringBuilder();
        for (int i = from; i < to; i++) {
            lines.append("m f=1 ").append(1_000_000 + i).append('\n');
        }
        return lines.toString();
    }
}

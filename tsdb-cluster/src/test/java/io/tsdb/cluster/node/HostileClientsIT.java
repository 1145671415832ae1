package io.tsdb.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/// Clients that mean harm, or are only slow, against a real node over real sockets: what they hold
/// is bounded, and everybody else goes on.
class HostileClientsIT {
    private static final int TIMEOUT_MILLIS = 120_000;

    @TempDir Path directory;
    private final List<Socket> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    private Socket connect(int port) throws IOException {
        var socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        open.add(socket);
        return socket;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] head(String target, String headers, long length) {
        return ascii(
                "POST "
                        + target
                        + " HTTP/1.1\r\nHost: x\r\n"
                        + headers
                        + "Content-Length: "
                        + length
                        + "\r\n\r\n");
    }

    /// The status of the next answer; 0 when the connection ended without.
    private static int status(Socket socket) throws IOException {
        var line = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read(); c >= 0 && c != '\n'; ) {
                line.append((char) c);
                c = socket.getInputStream().read();
            }
        } catch (SocketException reset) {
            return 0;
        }
        return line.isEmpty() ? 0 : Integer.parseInt(line.substring(9, 12));
    }

    private int get(int port, String target) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream()
                    .write(
                            ascii(
                                    "GET "
                                            + target
                                            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
            return status(socket);
        }
    }

    private int post(int port, String target, String headers, byte[] body) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(head(target, headers, body.length));
            socket.getOutputStream().write(body);
            return status(socket);
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] lines(String measurement, int bytes) {
        var text = new StringBuilder(bytes + 64);
        for (int i = 0; text.length() < bytes; i++) {
            text.append(measurement).append(",t=a f=").append(i).append("i ").append(i);
            text.append('\n');
        }
        return ascii(text.toString());
    }

    /// What the kernel says that a process holds.
    private static long residentMebibytes(TsdbProcess node) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + node.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    /// 300 of them took 830 MiB once.
    @Test
    void bodiesOfStrangersAreNotHeld() throws Exception {
        var arguments = new String[] {"--auth=true", "--admin-token=a-token-of-the-owner"};
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"), arguments)) {
            int port = URI.create(node.awaitReady()).getPort();
            for (String target :
                    List.of("/write?db=d", "/api/v2/write?bucket=d", "/api/v1/sql", "/query")) {
                strangers(port, target, 20); // what a node takes for any first requests
            }
            for (String target :
                    List.of("/write?db=d", "/api/v3/write_lp?db=d", "/api/v1/sql", "/query")) {
                long before = residentMebibytes(node);
                strangers(port, target, 300);
                assertThat(residentMebibytes(node) - before).as(target).isLessThan(100);
                assertThat(get(port, "/ping")).isEqualTo(204);
            }
        }
    }

    /// Each sends 1 MB but for the last byte, and stays.
    private void strangers(int port, String target, int count) throws IOException {
        byte[] body = new byte[999_999];
        List<Socket> strangers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = connect(port);
            strangers.add(socket);
            socket.getOutputStream().write(head(target, "", body.length + 1));
            socket.getOutputStream().write(body);
        }
        for (Socket socket : strangers) {
            assertThat(status(socket)).isEqualTo(401);
        }
    }

    /// Each of these bodies held its event loop for seconds once.
    @Test
    void othersAreServedWhileLargeBodiesAreInflated() throws Exception {
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"))) {
            int port = URI.create(node.awaitReady()).getPort();
            byte[] body = gzip(lines("large", 8_000_000));
            List<Socket> large = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Socket socket = connect(port);
                large.add(socket);
                socket.getOutputStream()
                        .write(head("/write?db=d", "Content-Encoding: gzip\r\n", body.length));
                socket.getOutputStream().write(body);
            }
            int servedBefore = 0;
            for (int i = 0; i < 8; i++) { // each loop gets some of them
                assertThat(get(port, "/ping")).isEqualTo(204);
                for (Socket socket : large) {
                    servedBefore += socket.getInputStream().available() == 0 ? 1 : 0;
                }
            }
            assertThat(servedBefore).isPositive();
            for (Socket socket : large) {
                assertThat(status(socket)).isIn(204, 503); // two of them fit at least
            }
        }
    }

    /// Four bodies that stop short of the largest size hold what one token may, and give it back to
    /// who wants it.
    @Test
    void slowSendersStopNobody() throws Exception {
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"))) {
            int port = URI.create(node.awaitReady()).getPort();
            byte[] most = gzip(lines("slow", 17 << 20)); // 18 MiB is the limit of this heap
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Socket socket = connect(port);
                slow.add(socket);
                var out = new ByteArrayOutputStream();
                out.writeBytes(
                        ascii(
                                "POST /write?db=d HTTP/1.1\r\nHost: x\r\n"
                                        + "Content-Encoding: gzip\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n"));
                out.writeBytes(ascii(Integer.toHexString(most.length - 100) + "\r\n"));
                out.write(most, 0, most.length - 100);
                socket.getOutputStream().write(out.toByteArray());
            }
            for (int i = 0; i < 500; i++) {
                byte[] line = ascii("m,t=" + i % 10 + " f=" + i + " " + i);
                assertThat(post(port, "/write?db=d", "", line)).isEqualTo(204);
            }
            byte[] large = lines("large", 12 << 20);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            int answer = 503;
            while (answer == 503 && System.nanoTime() < deadline) {
                answer = post(port, "/write?db=d", "", large);
            }
            assertThat(answer).isEqualTo(204);
            var answers = new StringBuilder();
            for (Socket socket : slow) {
                int size = socket.getInputStream().available();
                answers.append(
                        new String(
                                socket.getInputStream().readNBytes(size),
                                StandardCharsets.US_ASCII));
            }
            assertThat(answers).contains("the body made no progress while others waited");
        }
    }

    @Test
    void listensOnItsTwoPortsAlone() throws Exception {
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"))) {
            node.awaitReady();
            Set<String> inodes = new HashSet<>();
            try (Stream<Path> files = Files.list(Path.of("/proc/" + node.pid() + "/fd"))) {
                for (Path file : files.toList()) {
                    inodes.add(Files.readSymbolicLink(file).toString());
                }
            }
            int listening = 0;
            for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
                Path path = Path.of("/proc/" + node.pid() + "/net/" + table);
                for (String line : Files.readAllLines(path)) {
                    String[] cells = line.strip().split("\\s+");
                    boolean open = table.startsWith("udp") || cells[3].equals("0A");
                    listening += open && inodes.contains("socket:[" + cells[9] + "]") ? 1 : 0;
                }
            }
            assertThat(listening).isEqualTo(2);
        }
    }

    @Test
    void nothingIsWrittenToADiskThatIsNearlyFull() throws Exception {
        String[] arguments = {
            "start",
            "--data=" + directory.resolve("data"),
            "--http=127.0.0.1:0",
            "--line-tcp=off",
            "--disk-reserve=1000TiB" // more than any disk has
        };
        try (TsdbProcess node = TsdbProcess.run(directory, arguments)) {
            int port = URI.create(node.awaitReady()).getPort();
            for (String target : List.of("/write?db=d", "/api/v2/write?bucket=d")) {
                assertThat(post(port, target, "", ascii("m f=1 1"))).isEqualTo(507);
            }
            assertThat(get(port, "/api/v1/sql?q=SELECT+1")).isEqualTo(200);
        }
    }

    /// Trees of 256 KiB of text, more at once than a small node has threads for.
    @Test
    void theLargestStatementsAtOnceEndNothing() throws Exception {
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"))) {
            int port = URI.create(node.awaitReady()).getPort();
            post(port, "/write?db=default", "", ascii("m a=1 1"));
            String select = "SELECT " + "a,".repeat(131_000) + "a FROM m";
            byte[] text = ascii(select.substring(0, Math.min(select.length(), 262_000)));
            List<Socket> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Socket socket = connect(port);
                all.add(socket);
                socket.getOutputStream()
                        .write(
                                head(
                                        "/api/v1/sql",
                                        "Content-Type: application/sql\r\n",
                                        text.length));
                socket.getOutputStream().write(text);
            }
            for (Socket socket : all) {
                assertThat(status(socket)).isIn(400, 422, 503, 504);
            }
            assertThat(get(port, "/api/v1/sql?q=SELECT+1")).isEqualTo(200);
        }
    }

    /// Each costs the node a signature and holds memory; this heap has room for some 200.
    @Test
    void halfOpenHandshakesStopNobody() throws Exception {
        String[] tls = TestCertificate.write(directory);
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("data"), tls)) {
            int port = URI.create(node.awaitReady()).getPort();
            SSLContext trusting = SSLContext.getInstance("TLS");
            trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            byte[] hello = clientHello(trusting);
            List<Socket> strangers = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                Socket stranger = connect(port);
                stranger.getOutputStream().write(hello);
                strangers.add(stranger);
            }
            try (Socket known = trusting.getSocketFactory().createSocket("127.0.0.1", port)) {
                known.setSoTimeout(TIMEOUT_MILLIS);
                known.getOutputStream().write(ascii("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"));
                assertThat(status(known)).isEqualTo(204);
            }
            // the first one was cut off
            strangers.getFirst().getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    private static byte[] clientHello(SSLContext context) throws IOException {
        SSLEngine engine = context.createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }
}

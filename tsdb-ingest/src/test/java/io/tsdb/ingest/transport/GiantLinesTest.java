package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tsdb.ingest.transport.HttpSocket.Answer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Lines that no device sends (reliability.md, test 16): each is refused by its number and a limit,
/// the lines around it are written, and the memory for it is given back.
class GiantLinesTest {
    private static final int MANY = 1_000_000;

    private record Giant(String name, String line, String refusal) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Giant> giants() {
        return Stream.of(
                new Giant(
                        "100 MB in one line", "m f=\"" + "x".repeat(100_000_000) + "\" 2", "line"),
                new Giant("a million tags", "m" + many(",t%d=v") + " f=1 2", "line"),
                new Giant("a million fields", "m " + many(",f%d=1").substring(1) + " 2", "line"),
                new Giant("more tags than a point may have", "m" + tags(300) + " f=1 2", "256"),
                new Giant("NUL in a tag", "m,t=a\0b f=1 2", "tag"),
                new Giant("no UTF-8", "m,t=\ud800 f=\0 2", "line 2"));
    }

    private static String many(String each) {
        var text = new StringBuilder();
        IntStream.range(0, MANY).forEach(i -> text.append(each.replace("%d", Integer.toString(i))));
        return text.toString();
    }

    private static String tags(int count) {
        var text = new StringBuilder();
        IntStream.range(0, count).forEach(i -> text.append(",t").append(i).append("=v"));
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("giants")
    void isRefusedByItsNumberAndTheOthersAreTaken(Giant giant) throws IOException {
        var options = new TestServer.Options();
        options.write = TestServer.writeConfig(200 << 20, 200 << 20);
        options.waitingBytesMax = 1 << 30;
        try (var server = new TestServer(options);
                HttpSocket socket = server.connect()) {
            String body = "m f=1 1\n" + giant.line() + "\nm f=3 3\n";
            Answer answer = socket.post("/write?db=d", Map.of(), body.getBytes(UTF_8));
            assertThat(answer.status()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("line 2").contains(giant.refusal());
            assertThat(answer.body().length()).isLessThan(2_000);
            assertThat(server.sink.written())
                    .containsExactly("m{} f:float64=1.0 @1", "m{} f:float64=3.0 @3");
            assertThat(server.waiting.reserved()).isZero();
            assertThat(server.post("/write?db=d", giant.line()).status()).isEqualTo(400);
        }
    }
}

package io.tsdb.loadgen.compare;

import io.tsdb.loadgen.wire.Endpoint;

import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The small questions around a run: is it there, does it serve, what does it say.
final class Probe {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private Probe() {}

    /// A port that was free a moment ago.
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// Whether a GET is answered with success.
    static boolean serves(Endpoint endpoint, String path) throws IOException, InterruptedException {
        try {
            return request(endpoint, "GET", path).statusCode() / 100 == 2;
        } catch (ConnectException e) {
            // not listening yet
            return false;
        } catch (IOException e) {
            // starting servers also cut connections off
            return false;
        }
    }

    static String get(Endpoint endpoint, String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = request(endpoint, "GET", path);
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(
                    "HTTP " + answer.statusCode() + ": " + answer.body() + " :: " + path);
        }
        return answer.body();
    }

    static HttpResponse<String> request(Endpoint endpoint, String method, String path)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://" + endpoint + path))
                            .timeout(TIMEOUT)
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    /// An executable on the PATH.
    static Optional<Path> executable(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        for (String directory : path.split(File.pathSeparator)) {
            Path file = Path.of(directory, name);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }
}

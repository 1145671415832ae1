package io.tsdb.cluster.node.clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands before a node that has too much to do: answers the first writes as such a node does,
/// after their whole body, and passes everything else on.
final class OverloadGate implements AutoCloseable {
    private static final int CHUNKED = 0;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String target;
    private final boolean chunked;
    private final AtomicInteger left;
    private final AtomicInteger refused = new AtomicInteger();

    /// @param refusals writes that are answered 503
    /// @param chunked how the 503 is framed: QuestDB's client takes no other
    OverloadGate(String target, int refusals, boolean chunked) throws IOException {
        this.target = target;
        this.chunked = chunked;
        this.left = new AtomicInteger(refusals);
        this.server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String hostAndPort() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    int refused() {
        return refused.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (exchange.getRequestURI().getPath().contains("write") && left.getAndDecrement() > 0) {
            refused.incrementAndGet();
            refuse(exchange);
        } else {
            pass(exchange, body);
        }
        exchange.close();
    }

    private void refuse(HttpExchange exchange) throws IOException {
        byte[] text =
                "{\"code\":\"unavailable\",\"message\":\"too many points are waiting\"}"
                        .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Retry-After", "1");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(503, chunked ? CHUNKED : text.length);
        exchange.getResponseBody().write(text);
    }

    private void pass(HttpExchange exchange, byte[] body) throws IOException {
        var request =
                HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()))
                        .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        for (String name : new String[] {"Authorization", "Content-Encoding", "User-Agent"}) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        try {
            HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
            answer.headers()
                    .firstValue("Content-Type")
                    .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
            byte[] text = answer.body();
            exchange.sendResponseHeaders(
                    answer.statusCode(), text.length == 0 ? -1 : chunked ? CHUNKED : text.length);
            if (text.length > 0) {
                exchange.getResponseBody().write(text);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
        http.close();
    }
}

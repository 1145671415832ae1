package io.tsdb.cluster.node.console;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Headless Chromium with one page, driven over its DevTools protocol. Ended by its own id.
final class Browser implements AutoCloseable {
    private static final String LISTENING = "DevTools listening on ws://";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SECONDS_MAX = 30;
    private static final int CTRL = 2;

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
    private final AtomicInteger lastCall = new AtomicInteger();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final List<String> requested = new CopyOnWriteArrayList<>();
    private final WebSocket socket;

    /// The first Chromium that there is.
    static Optional<Path> executable() {
        return Stream.of(
                        Objects.requireNonNullElse(System.getenv("CHROMIUM"), ""),
                        "/usr/bin/chromium",
                        "/usr/bin/chromium-browser",
                        "/usr/bin/google-chrome")
                .filter(name -> !name.isEmpty())
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// @param profile an empty directory
    Browser(Path executable, Path profile) throws Exception {
        var builder =
                new ProcessBuilder(
                        executable.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank");
        builder.environment().put("TMPDIR", Files.createDirectories(profile).toString());
        process = builder.start();
        String address = address(process.errorReader());
        String url = pageAt(address);
        socket =
                client.newWebSocketBuilder()
                        .buildAsync(URI.create(url), new Messages())
                        .get(SECONDS_MAX, TimeUnit.SECONDS);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", Map.of());
        }
    }

    /// The one that it begins with, which is in front: others are slowed down.
    private String pageAt(String address) throws IOException, InterruptedException {
        var list = HttpRequest.newBuilder(URI.create("http://" + address + "/json/list")).build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (System.nanoTime() < deadline) {
            String targets = client.send(list, HttpResponse.BodyHandlers.ofString()).body();
            for (JsonNode target : JSON.readTree(targets)) {
                if (target.path("type").asString("").equals("page")) {
                    return target.get("webSocketDebuggerUrl").asString();
                }
            }
        }
        throw new IOException("the browser has no page");
    }

    private static String address(BufferedReader errors) throws IOException {
        for (String line = errors.readLine(); line != null; line = errors.readLine()) {
            int at = line.indexOf(LISTENING);
            if (at >= 0) {
                String rest = line.substring(at + LISTENING.length());
                Thread.ofPlatform().daemon().start(() -> errors.lines().forEach(_ -> {}));
                return rest.substring(0, rest.indexOf('/'));
            }
        }
        throw new IOException("the browser ended before it listened");
    }

    /// Gathers answers and events.
    private final class Messages implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                take(JSON.readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> call = calls.remove(message.get("id").asInt());
            if (call != null) {
                call.complete(message);
            }
            return;
        }
        JsonNode params = message.path("params");
        switch (message.path("method").asString("")) {
            case "Runtime.exceptionThrown" -> troubles.add(params.toString());
            case "Log.entryAdded" -> {
                // answers of 4xx are logged as errors, too; they are what a test asks for
                if (params.at("/entry/level").asString("").equals("error")
                        && !params.at("/entry/source").asString("").equals("network")) {
                    troubles.add(params.toString());
                }
            }
            case "Network.requestWillBeSent" ->
                    requested.add(params.at("/request/url").asString(""));
            default -> {}
        }
    }

    private JsonNode call(String method, Map<String, Object> params) throws Exception {
        int id = lastCall.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        calls.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(params));
        socket.sendText(message.toString(), true).get(SECONDS_MAX, TimeUnit.SECONDS);
        JsonNode got = answer.get(SECONDS_MAX, TimeUnit.SECONDS);
        if (got.has("error")) {
            throw new AssertionError(method + ": " + got.get("error"));
        }
        return got.get("result");
    }

    void open(String url) throws Exception {
        call("Page.navigate", Map.of("url", url));
        await("location.href.startsWith('" + url + "') && document.readyState === 'complete'");
    }

    /// The value of an expression; of a promise what it becomes.
    JsonNode evaluate(String expression) throws Exception {
        JsonNode result =
                call(
                        "Runtime.evaluate",
                        Map.of(
                                "expression", expression,
                                "awaitPromise", true,
                                "returnByValue", true,
                                "userGesture", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return result.at("/result/value");
    }

    String text(String selector) throws Exception {
        return evaluate("document.querySelector('" + selector + "').textContent").asString();
    }

    /// Waits until an expression holds in the page.
    void await(String condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!evaluate("!!(" + condition + ")").asBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "not within %d s: %s; the page: %s; troubles: %s"
                                .formatted(
                                        SECONDS_MAX,
                                        condition,
                                        evaluate("document.body.innerText").asString(),
                                        troubles));
            }
            // the page gets a turn between two looks
            evaluate("new Promise(done => setTimeout(done, 10))");
        }
    }

    void click(String selector) throws Exception {
        evaluate("document.querySelector('" + selector + "').click()");
    }

    /// Types in place of what an input holds.
    void type(String selector, String text) throws Exception {
        String focused =
                "(input => { input.focus(); input.select();"
                        + " return document.activeElement === input; })"
                        + "(document.querySelector('%s'))".formatted(selector);
        if (!evaluate(focused).asBoolean()) {
            throw new AssertionError(selector + " takes no text: is a dialog before it?");
        }
        call("Input.insertText", Map.of("text", text));
    }

    /// Types behind what is there.
    void append(String text) throws Exception {
        call("Input.insertText", Map.of("text", text));
    }

    /// A key alone, by its name.
    void press(String key) throws Exception {
        for (String kind : List.of("rawKeyDown", "keyUp")) {
            call("Input.dispatchKeyEvent", Map.of("type", kind, "key", key, "code", key));
        }
    }

    /// Where files go that the page offers.
    void downloadTo(Path folder) throws Exception {
        Files.createDirectories(folder);
        call(
                "Page.setDownloadBehavior",
                Map.of("behavior", "allow", "downloadPath", folder.toString()));
    }

    /// Waits until a file is there, whole: it has its name from then on.
    Path awaitFile(Path file) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!Files.exists(file)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("there is no " + file);
            }
            evaluate("new Promise(done => setTimeout(done, 10))");
        }
        return file;
    }

    void pressControlEnter() throws Exception {
        for (String kind : List.of("keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type",
                            kind,
                            "key",
                            "Enter",
                            "code",
                            "Enter",
                            "windowsVirtualKeyCode",
                            13,
                            "modifiers",
                            CTRL));
        }
    }

    void show(int width, int height, String scheme) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void screenshot(Path file) throws Exception {
        String data = call("Page.captureScreenshot", Map.of()).get("data").asString();
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(data));
    }

    /// Exceptions of scripts, and what the content security policy stopped.
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    /// Begins to gather anew.
    void forget() {
        troubles.clear();
        requested.clear();
    }

    /// Everything that the page asked for.
    List<String> requested() {
        return List.copyOf(requested);
    }

    @Override
    public void close() {
        // they write to the profile until they end
        List<ProcessHandle> helpers = process.descendants().toList();
        socket.abort();
        client.close();
        process.destroyForcibly().onExit().join();
        helpers.forEach(ProcessHandle::destroyForcibly);
        helpers.forEach(helper -> helper.onExit().join());
    }
}

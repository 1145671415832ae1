package io.tsdb.cluster.node.console;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tsdb.storage.net.GetHandler;
import io.tsdb.storage.net.HttpRoute;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/// The files of the console and the paths that they have. Any thread.
public final class Console {
    private static final String LANDING_PATH = "/";
    private static final String PAGE = "index.html";

    /// What the page loads, each at `/console/NAME`.
    private static final List<String> NAMES =
            List.of(
                    "console.css",
                    "main.js",
                    "activity.js",
                    "cluster.js",
                    "complete.js",
                    "live.js",
                    "tokens.js",
                    "api.js",
                    "chart.js",
                    "editor.js",
                    "first-steps.js",
                    "schema.js",
                    "table.js",
                    "tabs.js",
                    "uplot.js",
                    "uplot.css",
                    "uplot-LICENSE.txt");

    private final ConsoleFile page = ConsoleFile.load(PAGE);
    private final Map<String, ConsoleFile> files = new HashMap<>();

    public Console() {
        for (String name : NAMES) {
            files.put("/console/" + name, ConsoleFile.load(name));
        }
        files.put("/console/words.json", ConsoleWords.file());
    }

    /// The page at `/` for browsers, a text for everybody else, and what the page loads. Without a
    /// token: nobody learns more than that this is tsdb.
    ///
    /// @param text what is said at `/` to who does not ask for HTML
    public List<HttpRoute> routes(Supplier<String> text) {
        return List.of(
                HttpRoute.of(
                        Set.of(LANDING_PATH),
                        () -> new GetHandler(request -> landing(request, text))),
                HttpRoute.of(files.keySet(), () -> new GetHandler(this::file)));
    }

    /// The page for who takes HTML, which browsers say, a text for `curl` and the like.
    private FullHttpResponse landing(HttpRequest request, Supplier<String> text) {
        boolean takesHtml =
                request.headers().getAll(HttpHeaderNames.ACCEPT).stream()
                        .anyMatch(accepted -> accepted.contains("text/html"));
        FullHttpResponse response =
                takesHtml ? ConsoleAnswers.file(request, page) : ConsoleAnswers.text(text.get());
        response.headers().set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT);
        return response;
    }

    private FullHttpResponse file(HttpRequest request) {
        String path = new QueryStringDecoder(request.uri()).rawPath();
        return ConsoleAnswers.file(request, Objects.requireNonNull(files.get(path), path));
    }
}

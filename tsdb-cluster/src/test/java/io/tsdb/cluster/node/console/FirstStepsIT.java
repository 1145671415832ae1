package io.tsdb.cluster.node.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What an empty database shows is copied out of the page and run as it is, at a node that takes
/// everybody and at one that asks for a token; what is not on this machine is skipped and says so.
class FirstStepsIT {
    private static final String TOKEN = "tsdb_steps_0123456789abcdef0123456789abcdef";
    private static final String POINT = "room,kitchen,21.5";

    @TempDir static Path directory;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> chromium = Browser.executable();
        Assumptions.assumeTrue(
                chromium.isPresent(),
                "SKIPPED: no Chromium in /usr/bin; CHROMIUM=... names another place");
        browser = new Browser(chromium.get(), directory.resolve("profile"));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyLineWorksAsItIs(boolean guarded) throws Exception {
        var arguments =
                List.of(
                        "start",
                        "--data=" + directory.resolve("data-" + guarded),
                        "--http=127.0.0.1:0",
                        "--line-tcp=off",
                        "--disk-reserve=1MiB");
        Map<String, String> environment = guarded ? Map.of("TSDB_ADMIN_TOKEN", TOKEN) : Map.of();
        try (TsdbProcess node =
                TsdbProcess.run(directory, environment, arguments.toArray(String[]::new))) {
            String url = node.awaitReady();
            Map<String, String> steps = steps(url, guarded);
            assertThat(steps).containsOnlyKeys("curl", "Python", "MicroPython", "Telegraf");
            assertThat(step(steps, "curl", "bash", "-c")).contains("204");
            assertPoint(url);
            assertThat(step(steps, "Python", "python3", "-c").strip()).endsWith("204");
            microPython(step(steps, "MicroPython"));
            telegraf(step(steps, "Telegraf"), url);
            assertThat(browser.troubles()).isEmpty();
        }
    }

    /// Every node has `_system` after its first seconds; what is opened is what others have
    /// written.
    @Test
    void theNodesOwnDatabaseCountsAsNothing() throws Exception {
        try (TsdbProcess node =
                TsdbProcess.start(directory.resolve("own"), "--system-metrics=100ms")) {
            String url = node.awaitReady();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!ask(url, "SHOW DATABASES").contains("_system")) {
                assertThat(System.nanoTime()).as(node.errors()).isLessThan(deadline);
            }
            openAfresh(url, "localStorage.clear()");
            browser.await("!document.querySelector('#first-steps').hidden");
            assertThat(browser.text("#first-steps pre")).contains(url + "/write?db=first'");
            var write =
                    HttpRequest.newBuilder(URI.create(url + "/write?db=plant"))
                            .POST(HttpRequest.BodyPublishers.ofString("m v=1"));
            try (HttpClient client = HttpClient.newHttpClient()) {
                client.send(write.build(), HttpResponse.BodyHandlers.discarding());
            }
            openAfresh(url, "0"); // what the page has kept, it keeps
            browser.await("document.querySelector('#schema summary')?.textContent === 'm'");
            assertThat(browser.evaluate("document.querySelector('#database').value").asString())
                    .isEqualTo("plant");
            assertThat(
                            browser.evaluate("document.querySelector('#first-steps').hidden")
                                    .asBoolean())
                    .isTrue();
            assertThat(browser.troubles()).isEmpty();
        }
    }

    /// As at `http://10.0.0.1:8086`, which is no secure context: the text is selected, and copied
    /// by the older way where the browser lets it.
    @Test
    void copiesWithoutAClipboard() throws Exception {
        try (TsdbProcess node = TsdbProcess.start(directory.resolve("plain"))) {
            openAfresh(node.awaitReady(), "localStorage.clear()");
            browser.await("!document.querySelector('#first-steps').hidden");
            browser.evaluate(
                    "Object.defineProperty(navigator, 'clipboard', { value: undefined }),"
                            + " document.execCommand = () => false, 0");
            browser.click("#first-steps button");
            browser.await(
                    "document.querySelector('#first-steps button').textContent.startsWith('Sel')");
            assertThat(browser.evaluate("getSelection().toString()").asString())
                    .isEqualTo(browser.text("#first-steps pre"));
            // a browser without a screen lets nobody copy: what it is asked to counts here
            browser.evaluate(
                    "getSelection().empty(), document.execCommand = what =>"
                            + " (window.copied = what + ' ' + getSelection(), true), 0");
            browser.click("#first-steps button");
            browser.await("document.querySelector('#first-steps button').textContent === 'Copied'");
            assertThat(browser.evaluate("copied").asString())
                    .isEqualTo("copy " + browser.text("#first-steps pre"));
            assertThat(browser.troubles()).isEmpty();
        }
    }

    /// @param prepare what is done at the origin before the page is there
    private static void openAfresh(String url, String prepare) throws Exception {
        browser.open("about:blank");
        browser.open(url + "/console/uplot-LICENSE.txt");
        browser.evaluate(prepare);
        browser.open(url + "/");
    }

    /// The texts of the page by their captions, as its button copies them; with the token in place.
    private static Map<String, String> steps(String url, boolean guarded) throws Exception {
        openAfresh(
                url,
                "localStorage.clear(), sessionStorage.clear(),"
                        + " localStorage.setItem('tsdb.database', 'my home')");
        if (guarded) {
            browser.await("document.querySelector('#login').open");
            browser.type("#secret", TOKEN);
            browser.click("#login button[value=use]");
        }
        browser.await("!document.querySelector('#first-steps').hidden");
        var steps = new LinkedHashMap<String, String>();
        for (var pair :
                browser.evaluate(
                        "[...document.querySelectorAll('#first-steps figure')].map(each =>"
                                + " [each.querySelector('figcaption').firstChild.textContent,"
                                + " each.querySelector('pre').textContent])")) {
            String text = pair.get(1).asString();
            assertThat(text.contains("TOKEN")).isEqualTo(guarded);
            assertThat(text).doesNotContain(TOKEN); // nobody looks over the shoulder
            steps.put(pair.get(0).asString(), text.replace("TOKEN", TOKEN));
        }
        return steps;
    }

    private static String step(Map<String, String> steps, String name, String... command)
            throws Exception {
        String text = Objects.requireNonNull(steps.get(name), name);
        if (command.length == 0) {
            return text;
        }
        var all = new ArrayList<>(List.of(command));
        all.add(text);
        return output(all);
    }

    private static String output(List<String> command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, text).isZero();
        return text;
    }

    private static void assertPoint(String url) throws Exception {
        assertThat(ask(url, "SELECT 'room', name, temperature FROM room")).contains(POINT);
    }

    private static String ask(String url, String sql) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String query = "db=my%20home&format=csv&q=" + sql.replace(" ", "%20");
            var request =
                    HttpRequest.newBuilder(URI.create(url + "/api/v1/sql?" + query))
                            .header("Authorization", "Bearer " + TOKEN);
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    /// MicroPython itself where it is; else Python with a module `requests`, whose `post` takes the
    /// same.
    private static void microPython(String text) throws Exception {
        for (String interpreter :
                List.of(
                        "micropython",
                        Path.of("target/clients/python/venv/bin/python").toString(),
                        "python3")) {
            if (runs(interpreter, "-c", "import requests")) {
                assertThat(output(List.of(interpreter, "-c", text)).strip()).endsWith("204");
                System.out.println("FirstStepsIT: the line for MicroPython ran in " + interpreter);
                return;
            }
        }
        System.out.println(
                "SKIPPED: the line for MicroPython: neither it nor a Python with requests is here");
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException _) {
            return false;
        }
    }

    /// With an input of one line beside it: Telegraf writes it once and ends.
    private static void telegraf(String text, String url) throws Exception {
        String program = Objects.requireNonNullElse(System.getenv("TELEGRAF"), "telegraf");
        if (!runs(program, "version")) {
            System.out.println("SKIPPED: the lines for Telegraf: TELEGRAF names no program");
            return;
        }
        Path input =
                Files.writeString(directory.resolve("line"), "room,name=cellar temperature=9\n");
        Path config =
                Files.writeString(
                        directory.resolve("telegraf.conf"),
                        text
                                + "\n[[inputs.file]]\n  files = [\""
                                + input
                                + "\"]\n  data_format = \"influx\"\n");
        output(List.of(program, "--config", config.toString(), "--once"));
        assertThat(ask(url, "SELECT temperature FROM room WHERE name = 'cellar'")).contains("9");
    }
}

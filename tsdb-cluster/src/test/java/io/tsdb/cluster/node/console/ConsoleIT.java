package io.tsdb.cluster.node.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.TsdbProcess;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The console in a browser, before a real node. `-Dtsdb.screenshots=DIR` keeps pictures.
class ConsoleIT {
    private static final String HOSTILE = "<img src=x onerror=alert(1)>\"'`";

    @TempDir static Path directory;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static Browser browser;
    private static TsdbProcess node;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> chromium = Browser.executable();
        Assumptions.assumeTrue(
                chromium.isPresent(),
                "SKIPPED: no Chromium in /usr/bin; CHROMIUM=... names another place");
        browser = new Browser(chromium.get(), directory.resolve("profile"));
        node = TsdbProcess.start(directory.resolve("data"));
        url = node.awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (node != null) {
            node.close();
        }
        CLIENT.close();
    }

    /// The console as somebody sees it who comes for the first time, but for the database.
    private static void open(String database) throws Exception {
        leave();
        browser.show(1280, 800, "light");
        browser.open(url + "/console/uplot-LICENSE.txt");
        browser.evaluate(
                "localStorage.clear(), sessionStorage.clear(), localStorage.setItem("
                        + "'tsdb.database', '%s')".formatted(database));
        browser.open(url + "/");
    }

    /// Pages ask again and again while they are open.
    private static void leave() throws Exception {
        browser.open("about:blank");
        browser.forget();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void write(String database, String lines) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(url + "/write?db=" + database))
                        .POST(HttpRequest.BodyPublishers.ofString(lines));
        assertThat(send(request).statusCode()).isEqualTo(204);
    }

    /// Two rooms, a value a minute.
    private static void writeRooms() throws Exception {
        var lines = new StringBuilder();
        for (int minute = 0; minute < 60; minute++) {
            long time = 1_795_000_000_000_000_000L + minute * 60_000_000_000L;
            for (String room : new String[] {"kitchen", "hall"}) {
                double value = 20 + Math.sin(minute / 9.0) * (room.length() - 2);
                lines.append("climate,room=%s temperature=%s %d%n".formatted(room, value, time));
            }
        }
        lines.append("big,of=1 n=9007199254740993i 1\n");
        write("plant", lines.toString());
    }

    private static void picture(String name) throws Exception {
        String folder = System.getProperty("tsdb.screenshots", "");
        if (!folder.isEmpty()) {
            // rates are there from the second look at the metrics on
            browser.await(
                    "document.querySelector('[data-figure=lines]') &&"
                            + " !document.querySelector('#live').textContent.includes('…')");
            browser.screenshot(Path.of(folder, name + ".png"));
        }
    }

    private static void run(String statement) throws Exception {
        browser.type("#statement", statement);
        browser.pressControlEnter();
        browser.await("!document.querySelector('#run').disabled");
    }

    private static void assertNothingForeign(String url) {
        assertThat(browser.troubles()).isEmpty();
        assertThat(browser.requested())
                .isNotEmpty()
                .allMatch(
                        asked ->
                                asked.startsWith(url + "/")
                                        || asked.startsWith("data:")
                                        || asked.startsWith("blob:" + url + "/")
                                        || asked.equals("about:blank"));
    }

    @Test
    void runsAStatementAndShowsItAsTableAndChart() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelectorAll('#schema details').length === 2");
        run("SELECT time, room, temperature FROM climate ORDER BY time, room");
        browser.await("document.querySelectorAll('#result tbody tr').length === 120");
        assertThat(browser.text("#result tbody tr td:nth-child(2)")).isEqualTo("hall");
        assertThat(browser.text("#status")).startsWith("120 rows in ");
        picture("table");

        browser.click("#as-chart");
        browser.await("document.querySelector('#result canvas')");
        assertThat(browser.text("#result .u-legend"))
                .contains("hall temperature")
                .contains("kitchen temperature");
        assertThat(browser.evaluate(DRAWN_PIXELS).asInt()).isGreaterThan(500);
        browser.show(1280, 800, "dark");
        picture("chart-dark");

        browser.click("#as-table");
        run("SELECT n FROM big");
        browser.await("document.querySelector('#result td')");
        assertThat(browser.text("#result td")).isEqualTo("9007199254740993");
        assertNothingForeign(url);
    }

    /// Points of the chart that have a colour of a series: red, green and blue differ.
    private static final String DRAWN_PIXELS =
            """
            (canvas => {
              const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
              let count = 0;
              for (let i = 0; i < data.length; i += 4) {
                const colours = [data[i], data[i + 1], data[i + 2]];
                if (data[i + 3] > 128 && Math.max(...colours) - Math.min(...colours) > 80) count++;
              }
              return count;
            })(document.querySelector('#result canvas'))
            """;

    @Test
    void showsAnErrorAtItsPlace() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelectorAll('#schema details').length === 2");
        run("SELECT time,\n  temprature FROM climate");
        browser.await("!document.querySelector('#error').hidden");
        assertThat(browser.text("#error")).startsWith("line 2, column 3: unknown column");
        assertThat(browser.evaluate("getSelection().toString()").asString())
                .isEqualTo("temprature");
        run("SELECT count(*) FROM climate");
        browser.await("document.querySelector('#error').hidden");
        assertThat(browser.text("#result td")).isEqualTo("120");
        assertNothingForeign(url);
    }

    /// The place stays marked until something is typed.
    @Test
    void marksTheWordOfAnError() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelectorAll('#schema details').length === 2");
        run("SELECT time,\n  temprature FROM climate");
        browser.await("document.querySelector('#layer mark')");
        assertThat(browser.text("#layer mark")).isEqualTo("temprature");
        picture("error");
        browser.type("#statement", "SELECT 1");
        browser.await("!document.querySelector('#layer mark')");
    }

    private static void awaitCompletion(String text, String kind) throws Exception {
        browser.await(
                "[...document.querySelectorAll('#completions li')].some(li => li.textContent === '"
                        + text
                        + " "
                        + kind
                        + "')");
    }

    /// Measurements behind FROM, columns of the measurement that is named, functions, keywords; by
    /// keys alone.
    @Test
    void completesByKeys() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelectorAll('#schema details').length === 2");
        browser.type("#statement", "SEL");
        awaitCompletion("SELECT", "keyword");
        browser.press("Enter");
        browser.append("* FROM cl");
        awaitCompletion("climate", "measurement");
        browser.press("Tab");
        assertThat(browser.evaluate("document.querySelector('#statement').value").asString())
                .isEqualTo("SELECT * FROM climate");
        browser.append(" WHERE ro");
        awaitCompletion("room", "tag");
        browser.press("Escape");
        browser.await("document.querySelector('#completions').hidden");
        browser.type("#statement", "SELECT time_bu");
        awaitCompletion("time_bucket", "function");
        picture("completion");
        browser.press("ArrowDown");
        browser.press("ArrowUp");
        browser.press("Enter");
        assertThat(browser.evaluate("document.querySelector('#statement').value").asString())
                .isEqualTo("SELECT time_bucket(");
        // in a text nothing is completed
        browser.type("#statement", "SELECT 'sel");
        browser.press("a");
        assertThat(browser.evaluate("document.querySelector('#completions').hidden").asBoolean())
                .isTrue();
        assertNothingForeign(url);
    }

    /// A name that is no plain word is put in quotes, and is text in the list.
    @Test
    void completesHostileNames() throws Exception {
        String measurement = HOSTILE.replace(" ", "\\ ");
        write("hostile2", "%s v=1 1%n".formatted(measurement));
        open("hostile2");
        browser.await("document.querySelector('#schema details')");
        browser.type("#statement", "SELECT * FROM \"<im");
        browser.await("!document.querySelector('#completions').hidden");
        assertThat(browser.text("#completions li")).isEqualTo(HOSTILE + " measurement");
        browser.press("Enter");
        assertThat(browser.evaluate("document.querySelector('#statement').value").asString())
                .isEqualTo("SELECT * FROM \"" + HOSTILE.replace("\"", "\"\"") + "\"");
        browser.pressControlEnter();
        browser.await("document.querySelector('#result tbody tr')");
        assertThat(browser.evaluate("document.querySelectorAll('img').length").asInt()).isZero();
        assertNothingForeign(url);
    }

    @Test
    void showsWhatTheNodeDoesNow() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelector('[data-figure=lines]')");
        // a rate needs two looks
        browser.await(
                "document.querySelector('[data-figure=lines]').textContent.includes('lines/s')");
        assertThat(browser.text("[data-figure=disk]")).contains("B");
        assertThat(browser.text("[data-figure=memory]")).contains("MiB");
        assertNothingForeign(url);
    }

    /// What is answered otherwise for a while ends nothing: the next look, or the next word, asks
    /// again.
    @Test
    void goesOnWhenTheNodeWasBusy() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelectorAll('#schema details').length === 2");
        browser.await("document.querySelector('[data-figure=lines]')");
        browser.evaluate(
                """
                window.sent = fetch;
                window.asked = [];
                window.fetch = async (path) => {
                  asked.push(path);
                  return new Response('{"error":{"message":"busy"}}', { status: 503 });
                };
                0
                """);
        browser.await(
                "document.querySelector('#live').textContent ==="
                        + " 'the node answers with status 503'");
        browser.type("#statement", "SELECT * FROM cli");
        browser.await("asked.includes('/api/v1/sql')");
        browser.evaluate("window.fetch = window.sent, 0");
        browser.await("document.querySelector('[data-figure=lines]')");
        browser.append("m");
        awaitCompletion("climate", "measurement");
        assertNothingForeign(url);
    }

    /// One that another client has sent.
    @Test
    void cancelsAStatementOfTheList() throws Exception {
        writeRooms();
        open("plant");
        String statement =
                "SELECT count(*) FROM climate a, climate b, climate c, climate d, climate e";
        var request =
                HttpRequest.newBuilder(
                        URI.create(
                                url
                                        + "/api/v1/sql?db=plant&q="
                                        + URLEncoder.encode(statement, StandardCharsets.UTF_8)));
        CompletableFuture<HttpResponse<String>> answer =
                CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
        browser.evaluate("location.hash = '#activity'");
        browser.await("document.querySelector('#running button')");
        assertThat(browser.text("#running")).contains("climate e");
        picture("activity");
        browser.click("#running button");
        HttpResponse<String> cancelled = answer.get(60, TimeUnit.SECONDS);
        assertThat(cancelled.body()).contains("\"code\":\"cancelled\"");
        browser.await("document.querySelector('#running').textContent === 'No statement runs.'");
        assertNothingForeign(url);
    }

    /// The first one ends that everybody may do everything, also who has just made it.
    @Test
    void makesAndRevokesTokens() throws Exception {
        try (TsdbProcess fresh = TsdbProcess.start(directory.resolve("tokens"))) {
            String at = fresh.awaitReady();
            leave();
            browser.open(at + "/#tokens");
            browser.await("document.querySelector('#token-list').textContent.startsWith('No tok')");
            browser.type("#token-form [name=name]", HOSTILE);
            browser.evaluate("document.querySelector('[name=permission]').value = 'admin'");
            browser.click("#token-form button");
            browser.await(
                    "!document.querySelector('#token-made').hidden || "
                            + "document.querySelector('#tokens-note').textContent !== ''");
            String secret =
                    browser.evaluate(
                                    "document.querySelector('#token-made code')?.textContent ?? ''")
                            .asString();
            assertThat(secret).startsWith("tsdb_");
            holdRefusals();
            browser.click("#token");
            browser.type("#secret", secret);
            browser.click("#login button[value=use]");
            // the dialog tells the page in a task of its own; the list may have had its row before
            browser.await("document.querySelector('#secret').value === ''");
            browser.await("document.querySelectorAll('#token-list tbody tr').length === 1");
            browser.evaluate("Promise.all(held.map(each => each())).then(() => undefined)");
            assertThat(browser.evaluate("document.querySelector('#login').open").asBoolean())
                    .isFalse();
            assertThat(browser.text("#token-list td:nth-child(2)")).isEqualTo(HOSTILE);
            picture("tokens");
            browser.type("#token-form [name=name]", "gateway");
            browser.type("#token-form [name=scope-database]", "plant");
            browser.click("#token-form button");
            browser.await("document.querySelectorAll('#token-list tbody tr').length === 2");
            assertThat(browser.text("#token-list tbody tr:nth-child(2)")).contains(":plant");
            browser.click("#token-list tbody tr:nth-child(2) button");
            browser.await("document.querySelectorAll('#token-list tbody tr').length === 1");
            assertThat(browser.evaluate("document.querySelectorAll('img').length").asInt())
                    .isZero();
            assertNothingForeign(at);
        }
    }

    /// What is asked without a token from here on is refused, and the page learns of it late.
    private void holdRefusals() throws Exception {
        browser.evaluate(
                """
                (() => {
                  const sent = fetch;
                  window.held = [];
                  window.fetch = async (path, options) => {
                    const answer = await sent(path, options);
                    if (answer.status === 401) {
                      await new Promise(go => held.push(() => (go(), new Promise(done => setTimeout(done, 50)))));
                    }
                    return answer;
                  };
                  document.querySelector('#database').dispatchEvent(new Event('change'));
                })()
                """);
        browser.await("held.length > 0");
    }

    @Test
    void saysThatANodeAloneIsNoCluster() throws Exception {
        open("plant");
        browser.evaluate("location.hash = '#cluster'");
        browser.await(
                "document.querySelector('#cluster-note').textContent.includes('is alone')"
                        + " && document.querySelector('#layout').hidden");
        assertNothingForeign(url);
    }

    /// As files, with the rows that the statement has.
    @Test
    void downloadsAnAnswer() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelector('#downloads a[data-format=arrow]')");
        browser.downloadTo(directory.resolve("downloads"));
        browser.type("#statement", "SELECT time, room, temperature FROM climate ORDER BY time");
        browser.click("#downloads a[data-format=csv]");
        browser.await("document.querySelector('#status').textContent.includes('downloaded')");
        Path file = browser.awaitFile(directory.resolve("downloads/tsdb.csv"));
        assertThat(Files.readAllLines(file))
                .hasSize(121)
                .first()
                .isEqualTo("time,room,temperature");
        assertNothingForeign(url);
    }

    /// Nothing needs a mouse: tabs by arrows, a run, a cancel, and every control is in reach of
    /// Tab.
    @Test
    void worksByKeysAlone() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelectorAll('#schema details').length === 2");
        browser.type("#statement", "SELECT 1 AS first");
        browser.click("[aria-label=\"New statement\"]");
        browser.type(
                "#statement",
                "SELECT count(*) FROM climate a, climate b, climate c, climate d, climate e");
        browser.pressControlEnter();
        browser.await("!document.querySelector('#cancel').disabled");
        browser.press("Escape");
        browser.await("!document.querySelector('#run').disabled");
        assertThat(browser.text("#error")).isEqualTo("cancelled");
        browser.evaluate("document.querySelector('[role=tab][aria-selected=true]').focus()");
        browser.press("ArrowLeft");
        assertThat(browser.evaluate("document.querySelector('#statement').value").asString())
                .isEqualTo("SELECT 1 AS first");
        assertThat(browser.evaluate("document.activeElement.getAttribute('aria-label')").asString())
                .isEqualTo("Statement 1");
        assertThat(
                        browser.evaluate(
                                        "[...document.querySelectorAll('button, a, input, select,"
                                                + " textarea, summary')].filter(each =>"
                                                + " each.tabIndex < 0 &&"
                                                + " each.getAttribute('role') !== 'tab').length")
                                .asInt())
                .isZero();
        assertNothingForeign(url);
    }

    @Test
    void keepsStatementsInTabs() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelectorAll('#schema details').length === 2");
        browser.type("#statement", "SELECT 1 AS first");
        browser.click("[aria-label=\"New statement\"]");
        browser.type("#statement", "SELECT 2 AS second");
        browser.open("about:blank");
        browser.open(url + "/");
        browser.await("document.querySelectorAll('#schema details').length === 2");
        assertThat(browser.evaluate("document.querySelector('#statement').value").asString())
                .isEqualTo("SELECT 2 AS second");
        browser.click("[aria-label=\"Statement 1\"]");
        assertThat(browser.evaluate("document.querySelector('#statement').value").asString())
                .isEqualTo("SELECT 1 AS first");
    }

    /// Names and values are what anybody may send.
    @Test
    void showsHostileNamesAsText() throws Exception {
        String measurement = HOSTILE.replace(" ", "\\ ");
        String tag = measurement.replace("=", "\\=");
        write("hostile", "%s,%s=%s v=1 1%n".formatted(measurement, tag, tag));
        open("hostile");
        browser.await("document.querySelector('#schema details')");
        assertThat(browser.text("#schema summary")).isEqualTo(HOSTILE);
        browser.click("#schema summary");
        browser.await("document.querySelectorAll('#schema li').length === 5");
        assertThat(browser.text("#schema ul"))
                .contains("1 series")
                .contains(HOSTILE + "tag string, 1 values");
        browser.click("#schema li button"); // latest rows
        browser.await("document.querySelector('#result tbody tr')");
        assertThat(browser.text("#result tbody tr")).contains(HOSTILE);
        assertThat(browser.evaluate("document.querySelectorAll('img').length").asInt()).isZero();
        assertNothingForeign(url);
    }

    /// Databases are named by whoever writes; what is copied into a shell stays one argument.
    @Test
    void quotesTheDatabaseInLinesForAShell() throws Exception {
        open("it\\'; echo in");
        browser.await("!document.querySelector('#first-steps').hidden");
        assertThat(browser.text("#first-steps pre"))
                .startsWith("curl -i '" + url + "/write?db=it%27%3B%20echo%20in' --data");
    }

    /// An empty database shows lines to copy ([FirstStepsIT] runs them).
    @Test
    void showsFirstStepsWhileThereIsNothing() throws Exception {
        open("empty");
        browser.await("!document.querySelector('#first-steps').hidden");
        picture("first-steps");
        write("empty", "room,name=kitchen temperature=21.5");
        browser.open("about:blank");
        browser.open(url + "/");
        browser.await("document.querySelector('#schema details')");
        assertThat(browser.text("#schema summary")).isEqualTo("room");
        browser.show(390, 800, "light"); // a phone: nothing sticks out
        assertThat(
                        browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                                .asBoolean())
                .isTrue();
        picture("phone");
        assertNothingForeign(url);
    }

    @Test
    void asksForATokenWhereTheNodeDoes() throws Exception {
        String token = "tsdb_console_0123456789abcdef0123456789abcdef";
        Map<String, String> environment = Map.of("TSDB_ADMIN_TOKEN", token);
        try (TsdbProcess guarded =
                TsdbProcess.run(
                        directory,
                        environment,
                        "start",
                        "--data=" + directory.resolve("guarded"),
                        "--http=127.0.0.1:0",
                        "--line-tcp=off",
                        "--disk-reserve=1MiB",
                        "--auth=true")) {
            String at = guarded.awaitReady();
            var create =
                    HttpRequest.newBuilder(URI.create(at + "/write?db=plant"))
                            .header("Authorization", "Bearer " + token)
                            .POST(HttpRequest.BodyPublishers.ofString("m v=42 1"));
            assertThat(send(create).statusCode()).isEqualTo(204);
            leave();
            browser.open(at + "/");
            browser.await("document.querySelector('#login').open");
            browser.type("#secret", "tsdb_wrong_token");
            browser.click("#login button[value=use]");
            browser.await(
                    "document.querySelector('#login').open &&"
                        + " document.querySelector('#login-why').textContent.startsWith('The one')"
                        + " && document.querySelector('#secret').value === ''");
            browser.type("#secret", token);
            browser.click("#login button[value=use]");
            browser.await("document.querySelector('#schema details')");
            run("SELECT v FROM m");
            browser.await("document.querySelector('#result td')");
            assertThat(browser.text("#result td")).isEqualTo("42");
            assertThat(browser.evaluate("document.documentElement.outerHTML").asString())
                    .doesNotContain(token);
            assertThat(browser.evaluate("JSON.stringify({...localStorage})").asString())
                    .doesNotContain(token);
            assertNothingForeign(at);
        }
    }

    private static boolean nothingRuns() throws Exception {
        String asked = url + "/api/v1/sql?db=plant&q=SHOW%20QUERIES";
        return send(HttpRequest.newBuilder(URI.create(asked))).body().contains("\"rowCount\":0");
    }

    /// At the node, too.
    @Test
    void cancelsAStatement() throws Exception {
        writeRooms();
        open("plant");
        browser.await("document.querySelectorAll('#schema details').length === 2");
        browser.type(
                "#statement",
                "SELECT count(*) FROM climate a, climate b, climate c, climate d, climate e");
        browser.pressControlEnter();
        browser.await(
                "!document.querySelector('#cancel').disabled"
                        + " || !document.querySelector('#error').hidden");
        browser.click("#cancel");
        browser.await("!document.querySelector('#run').disabled");
        assertThat(browser.text("#error")).isEqualTo("cancelled");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!nothingRuns()) {
            assertThat(System.nanoTime()).as("the node goes on").isLessThan(deadline);
        }
    }

    @Test
    void servesFilesThatABrowserRunsNothingBeside() throws Exception {
        var page =
                send(
                        HttpRequest.newBuilder(URI.create(url + "/"))
                                .header("Accept", "text/html,*/*;q=0.8"));
        assertThat(page.body()).startsWith("<!doctype html>").doesNotContain("<script>");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        String tag = page.headers().firstValue("ETag").orElseThrow();
        var again =
                send(
                        HttpRequest.newBuilder(URI.create(url + "/"))
                                .header("Accept", "text/html")
                                .header("If-None-Match", tag));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(send(HttpRequest.newBuilder(URI.create(url + "/"))).body()).startsWith("tsdb ");
        var licence = HttpRequest.newBuilder(URI.create(url + "/console/uplot-LICENSE.txt"));
        assertThat(send(licence).body()).contains("MIT");
        var posted =
                HttpRequest.newBuilder(URI.create(url + "/console/main.js"))
                        .POST(HttpRequest.BodyPublishers.noBody());
        assertThat(send(posted).statusCode()).isEqualTo(405);
        var outside = HttpRequest.newBuilder(URI.create(url + "/console/package-info.class"));
        assertThat(send(outside).statusCode()).isEqualTo(404);
    }
}

package io.tsdb.cluster.node.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.cluster.ClusterProcesses;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The map of a cluster, in a browser before three real nodes of which one dies and comes back.
/// `-Dtsdb.screenshots=DIR` keeps pictures.
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ConsoleClusterIT {
    private static final String CELLS =
            "[...document.querySelectorAll('#cluster-map tbody td')].filter(td => td.textContent"
                    + " === '%s').length === %d";

    @TempDir Path directory;

    @Test
    void theMapShowsMembersShardsLeadersAndWhoIsGone() throws Exception {
        Optional<Path> chromium = Browser.executable();
        Assumptions.assumeTrue(
                chromium.isPresent(),
                "SKIPPED: no Chromium in /usr/bin; CHROMIUM=... names another place");
        try (var browser = new Browser(chromium.get(), directory.resolve("profile"));
                var cluster = new ClusterProcesses(directory)) {
            cluster.launchAll();
            String url = "http://" + cluster.url(0).getAuthority();
            browser.show(1280, 800, "light");
            browser.open(url + "/#cluster");
            browser.await("document.querySelectorAll('#cluster-map tbody tr').length === 3");
            // two shards, each with a leader and two more replicas
            browser.await(CELLS.formatted("●", 2));
            browser.await(CELLS.formatted("○", 4));
            browser.await(CELLS.formatted("answers", 2));
            assertThat(browser.text("#cluster-map thead"))
                    .isEqualTo("memberstateaddressshard 0shard 1");
            assertThat(browser.text("#cluster-map")).contains("this node");
            assertThat(browser.text("#cluster-note"))
                    .startsWith("3 members, all answer; 2 shards: ");

            cluster.process(2).kill();
            browser.await(
                    "document.querySelector('#cluster-note').textContent.startsWith("
                            + "'3 members, 1 of them does not answer;')");
            browser.await(CELLS.formatted("silent", 1));
            assertThat(browser.text("#cluster-map tr.silent"))
                    .contains("127.0.0.1:" + cluster.dataPort(2));
            // what it led has another leader
            browser.await(CELLS.formatted("●", 2));
            browser.await(
                    "!document.querySelector('#cluster-map tr.silent').textContent.includes('●')");
            picture(browser, "cluster");

            cluster.launch(2);
            cluster.awaitReady(2);
            browser.await(
                    "document.querySelector('#cluster-note').textContent.startsWith("
                            + "'3 members, all answer;')");
            browser.show(390, 800, "dark"); // a phone
            assertThat(
                            browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                                    .asBoolean())
                    .isTrue();
            assertThat(browser.troubles()).isEmpty();
            assertThat(browser.requested())
                    .allMatch(asked -> asked.startsWith(url + "/") || asked.startsWith("data:"));
        }
    }

    private static void picture(Browser browser, String name) throws Exception {
        String folder = System.getProperty("tsdb.screenshots", "");
        if (!folder.isEmpty()) {
            // rates are there from the second look at the metrics on
            browser.await(
                    "document.querySelector('[data-figure=lines]') &&"
                            + " !document.querySelector('#live').textContent.includes('…')");
            browser.screenshot(Path.of(folder, name + ".png"));
        }
    }
}

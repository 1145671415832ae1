package io.tsdb.cluster.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.cluster.security.Authenticator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class NodeConfigTest {
    private static final Path SAMPLE = Path.of("..", "deploy", "tsdb.conf");
    @TempDir Path directory;

    private static NodeConfig options(Map<ConfigKey, String> options) {
        return NodeConfig.from(ConfigSources.resolve(Optional.empty(), Map.of(), options));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("tsdb.conf"), text);
    }

    @Test
    void defaultsAreSafe() {
        NodeConfig config = options(Map.of());
        assertThat(config.http()).isEqualTo(new Endpoint("127.0.0.1", 8086));
        assertThat(config.http().isLoopback()).isTrue();
        assertThat(config.lineTcp().orElseThrow().isLoopback()).isTrue();
        assertThat(config.durabilityAsync()).isFalse();
        assertThat(config.insecure()).isFalse();
        assertThat(config.auth()).isEqualTo(Authenticator.Mode.AUTO);
    }

    @Test
    void optionGoesBeforeEnvironmentBeforeFileBeforeDefault() throws IOException {
        Path file = file("http = 127.0.0.1:1\nline-tcp = 127.0.0.1:2\ntags-max=3\n");
        var sources =
                ConfigSources.resolve(
                        Optional.of(file),
                        Map.of("TSDB_HTTP", "127.0.0.1:10", "TSDB_LINE_TCP", "127.0.0.1:20"),
                        Map.of(ConfigKey.HTTP, "127.0.0.1:100"));
        NodeConfig config = NodeConfig.from(sources);
        assertThat(config.http().port()).isEqualTo(100);
        assertThat(config.lineTcp().orElseThrow().port()).isEqualTo(20);
        assertThat(config.requests().tagsMax()).isEqualTo(3);
        assertThat(config.requests().fieldsMax()).isEqualTo(4096);
    }

    @Test
    void readsCommentsAndBlanks() throws IOException {
        Path file = file("# a comment\n\n  data   =  /x y/z   # where\n\tshards=7\n");
        NodeConfig config =
                NodeConfig.from(ConfigSources.resolve(Optional.of(file), Map.of(), Map.of()));
        assertThat(config.data()).isEqualTo(Path.of("/x y/z"));
        assertThat(config.shards()).contains(7);
    }

    /// After a tab as after a blank; within a value it is a letter.
    @Test
    void aCommentBeginsAfterABlankOrATab() throws IOException {
        Path file = file("shards = 7\t# seven\n\t# none\ndata = /a#b #c#d # e\n");
        NodeConfig config =
                NodeConfig.from(ConfigSources.resolve(Optional.of(file), Map.of(), Map.of()));
        assertThat(config.shards()).contains(7);
        assertThat(config.data()).isEqualTo(Path.of("/a#b"));
    }

    /// Two of a kind are most often one that was forgotten, whatever they say.
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:1", "127.0.0.1:2"})
    void aKeyIsSetOnce(String second) throws IOException {
        Path file = file("http = 127.0.0.1:1\n#http = 127.0.0.1:3\n\nhttp=" + second + "\n");
        assertThatThrownBy(() -> ConfigSources.resolve(Optional.of(file), Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ":4: 'http' is set in line 1 too: keep one of them");
    }

    @Test
    void aWrongKeyInAFileNamesLineAndNearestKey() throws IOException {
        Path file = file("\nhtpp = 127.0.0.1:1\n");
        assertThatThrownBy(() -> ConfigSources.resolve(Optional.of(file), Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ":2: unknown setting 'htpp'; did you mean 'http'?");
    }

    /// By its place and its key alone: the rest of it may be a secret.
    @Test
    void aLineThatIsNoSettingIsNamed() throws IOException {
        for (String line : List.of("admin-token tsdb_secret", "admin-token: tsdb_secret")) {
            Path file = file(line + "\n");
            assertThatThrownBy(() -> ConfigSources.resolve(Optional.of(file), Map.of(), Map.of()))
                    .hasMessage(
                            file
                                    + ":1: no setting (key = value): an = is missing behind"
                                    + " admin-token");
        }
        Path file = file("tsdb_secret\n");
        assertThatThrownBy(() -> ConfigSources.resolve(Optional.of(file), Map.of(), Map.of()))
                .hasMessage(file + ":1: no setting (key = value)");
    }

    @Test
    void aMissingFileIsAnError() {
        assertThatThrownBy(
                        () ->
                                ConfigSources.resolve(
                                        Optional.of(directory.resolve("none")), Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP|8086",
                "HTTP|localhost",
                "HTTP|localhost:99999",
                "HTTP|localhost:-1",
                "HTTP|::1:80",
                "LINE_TCP|on",
                "SHARDS|0",
                "SHARDS|1025",
                "SHARDS|many",
                "DURABILITY|maybe",
                "INSECURE|yes",
                "AUTH|on",
                "BODY_MAX|0",
                "BODY_MAX|64MB",
                "BODY_MAX|9999999999GiB",
                "LINE_MAX|4GiB",
                "FLUSH_AGE|10",
                "FLUSH_AGE|0s",
                "IDLE_TIMEOUT|-1s",
                "ADMIN_TOKEN|short",
            })
    void aWrongValueNamesKeyAndOrigin(ConfigKey key, String value) {
        assertThatThrownBy(() -> options(Map.of(key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(key.key() + " (option " + key.option() + "): ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::1]:0", "localhost:0", "127.0.0.1:65535"})
    void readsAddressesAsItPrintsThem(String text) {
        assertThat(Endpoint.parse(text)).hasToString(text);
        assertThat(Endpoint.parse(text).isLoopback()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:1", "[::]:1", "192.0.2.1:1", "no-such-host.invalid:1"})
    void otherAddressesAreNotLoopback(String text) {
        assertThat(Endpoint.parse(text).isLoopback()).isFalse();
    }

    @Test
    void refusesToBeOpenWithoutAuthentication() {
        NodeConfig http = options(Map.of(ConfigKey.HTTP, "0.0.0.0:8086"));
        assertThatThrownBy(() -> http.checkExposure(false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("0.0.0.0:8086")
                .hasMessageContaining("--insecure")
                .hasMessageContaining("tsdb token create");
        NodeConfig tcp = options(Map.of(ConfigKey.LINE_TCP, "0.0.0.0:9009"));
        assertThatThrownBy(() -> tcp.checkExposure(false)).hasMessageContaining("0.0.0.0:9009");
    }

    @Test
    void isOpenWithAuthenticationOrWhenToldSo() {
        options(Map.of(ConfigKey.HTTP, "0.0.0.0:8086")).checkExposure(true);
        NodeConfig insecure =
                options(Map.of(ConfigKey.HTTP, "0.0.0.0:8086", ConfigKey.INSECURE, "true"));
        insecure.checkExposure(false);
        options(Map.of()).checkExposure(false);
        assertThat(insecure.insecure()).isTrue();
    }

    /// Tokens do not help, which are about clients: nodes prove to one another who they are, unless
    /// somebody says that the network does.
    @Test
    void refusesToOpenTheClustersPortsToOthers() {
        Map<ConfigKey, String> cluster =
                Map.of(
                        ConfigKey.CLUSTER, "true",
                        ConfigKey.CLUSTER_LISTEN, "10.0.0.1:9301",
                        ConfigKey.CLUSTER_SEEDS, "10.0.0.1:9301,10.0.0.2:9301");
        NodeConfig open = options(cluster);
        assertThatThrownBy(() -> open.checkExposure(true))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cluster-listen 10.0.0.1:9301")
                .hasMessageContaining("without certificates");
        var insecure = new HashMap<>(cluster);
        insecure.put(ConfigKey.INSECURE, "true");
        options(insecure).checkExposure(true);
        assertThat(options(insecure).isClusterOpen()).as("a start warns").isTrue();
        var accepted = new HashMap<>(cluster);
        accepted.put(ConfigKey.CLUSTER_CA, "ca.crt");
        assertThatThrownBy(() -> options(accepted)).hasMessageContaining("needs all of cluster-ca");
        accepted.put(ConfigKey.CLUSTER_CERT, "n.crt");
        accepted.put(ConfigKey.CLUSTER_KEY, "n.key");
        options(accepted).checkExposure(true);
        assertThat(options(accepted).isClusterOpen()).isFalse();
    }

    @Test
    void aMemberHasSeedsAndSyncs() {
        assertThatThrownBy(() -> options(Map.of(ConfigKey.CLUSTER, "true")))
                .hasMessageContaining("cluster-seeds is needed");
        assertThatThrownBy(
                        () ->
                                options(
                                        Map.of(
                                                ConfigKey.CLUSTER, "true",
                                                ConfigKey.CLUSTER_SEEDS, "127.0.0.1:9301",
                                                ConfigKey.DURABILITY, "async")))
                .hasMessageContaining("durability=async");
    }

    /// Else `member` would keep an address that is good for nothing.
    @Test
    void aNodeOfAClusterNeedsTwoPorts() {
        assertThatThrownBy(
                        () ->
                                options(
                                        Map.of(
                                                ConfigKey.CLUSTER, "true",
                                                ConfigKey.CLUSTER_SEEDS, "127.0.0.1:9301",
                                                ConfigKey.CLUSTER_LISTEN, "127.0.0.1:9301",
                                                ConfigKey.CLUSTER_RAFT, "127.0.0.1:9301")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a node needs a port for each");
    }

    /// Whether it may begin a cluster, and with how many others.
    @Test
    void aNodeThatIsNoneOfItsSeedsOnlyJoins() {
        assertThat(nodes("127.0.0.1:1,127.0.0.1:2", "auto")).isZero();
        assertThat(nodes("127.0.0.1:1,127.0.0.1:9301", "auto")).isEqualTo(2);
        assertThat(nodes("nodes.example:9301", "3")).isEqualTo(3);
    }

    private static int nodes(String seeds, String count) {
        return options(
                        Map.of(
                                ConfigKey.CLUSTER, "true",
                                ConfigKey.CLUSTER_SEEDS, seeds,
                                ConfigKey.CLUSTER_NODES, count))
                .cluster()
                .orElseThrow()
                .nodes();
    }

    @Test
    void tlsNeedsBothFiles() {
        assertThatThrownBy(() -> options(Map.of(ConfigKey.TLS_CERT, "c.pem")))
                .hasMessageContaining("tls-key");
        var both = Map.of(ConfigKey.TLS_CERT, "c.pem", ConfigKey.TLS_KEY, "k.pem");
        assertThat(options(both).tls()).isPresent();
    }

    @Test
    void printsEverySettingButNoSecret() {
        String secret = "a-secret-of-some-length";
        ConfigSources sources =
                ConfigSources.resolve(
                        Optional.empty(),
                        Map.of("TSDB_ADMIN_TOKEN", secret),
                        Map.of(ConfigKey.HTTP, "127.0.0.1:0"));
        assertThat(sources.print())
                .contains("admin-token = ***")
                .contains("http = 127.0.0.1:0")
                .contains("# option --http")
                .doesNotContain(secret);
        assertThat(sources.toString()).doesNotContain(secret);
        assertThat(NodeConfig.from(sources).toString()).doesNotContain(secret);
        assertThat(sources.print().lines()).hasSize(ConfigKey.values().length);
    }

    /// As container platforms hand them in.
    @Test
    void aSecretMayLieInAFile() throws IOException {
        Path secret = Files.writeString(directory.resolve("token"), "a-secret-of-some-length\n");
        var sources =
                ConfigSources.resolve(
                        Optional.empty(),
                        Map.of("TSDB_ADMIN_TOKEN_FILE", secret.toString()),
                        Map.of());
        assertThat(NodeConfig.from(sources).adminToken()).contains("a-secret-of-some-length");
        assertThat(sources.print()).contains("admin-token = ***").contains(secret.toString());
        assertThatThrownBy(
                        () ->
                                ConfigSources.resolve(
                                        Optional.empty(),
                                        Map.of(
                                                "TSDB_ADMIN_TOKEN",
                                                "x",
                                                "TSDB_ADMIN_TOKEN_FILE",
                                                secret.toString()),
                                        Map.of()))
                .hasMessageContaining("both set");
        assertThatThrownBy(
                        () ->
                                ConfigSources.resolve(
                                        Optional.empty(),
                                        Map.of("TSDB_ADMIN_TOKEN_FILE", "/nowhere/token"),
                                        Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("/nowhere/token cannot be read: no such file");
    }

    /// What a JDK's exception says of a file is a path, or nothing that helps.
    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Path latin = Files.write(directory.resolve("latin.conf"), new byte[] {'#', (byte) 0xE9});
        Map<Path, String> reasons =
                Map.of(
                        directory.resolve("none.conf"),
                        "no such file",
                        directory,
                        "Is a directory",
                        latin,
                        "it is no UTF-8");
        reasons.forEach(
                (file, reason) ->
                        assertThatThrownBy(
                                        () ->
                                                ConfigSources.resolve(
                                                        Optional.of(file), Map.of(), Map.of()))
                                .isInstanceOf(ConfigException.class)
                                .hasMessage(
                                        "configuration file "
                                                + file
                                                + " cannot be read: "
                                                + reason));
    }

    /// Whoever names a file wants a secret: a node without one would be open.
    @ParameterizedTest
    @ValueSource(strings = {"", "\n", " \t\n\n"})
    void theFileOfASecretHasOne(String text) throws IOException {
        Path empty = Files.writeString(directory.resolve("token"), text);
        for (ConfigKey key : ConfigKey.values()) {
            String variable = key.environmentVariable() + "_FILE";
            if (key.isSecret()) {
                assertThatThrownBy(() -> secretIn(variable, empty.toString()))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageStartingWith(variable + ": " + empty + " is empty");
                assertThatThrownBy(() -> secretIn(variable, text))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageStartingWith(variable + " names no file");
            }
        }
    }

    private static ConfigSources secretIn(String variable, String name) {
        return ConfigSources.resolve(Optional.empty(), Map.of(variable, name), Map.of());
    }

    @Test
    void readsWhatItPrints() throws IOException {
        ConfigSources first = ConfigSources.resolve(Optional.empty(), Map.of(), Map.of());
        ConfigSources second =
                ConfigSources.resolve(Optional.of(file(first.print())), Map.of(), Map.of());
        assertThat(NodeConfig.from(second)).isEqualTo(NodeConfig.from(first));
    }

    /// The sample lists every key once, commented out, with its default: a new key without a line
    /// there is noticed here.
    @ParameterizedTest
    @EnumSource
    void theSampleFileShowsEveryKeyWithItsDefault(ConfigKey key) throws IOException {
        List<String> lines = Files.readAllLines(SAMPLE);
        String setting = ("#" + key.key() + " = " + key.defaultText()).stripTrailing();
        assertThat(lines).containsOnlyOnce(setting);
    }

    @Test
    void theSampleFileHasNoOtherKeys() throws IOException {
        List<String> keys =
                Files.readAllLines(SAMPLE).stream()
                        .filter(line -> line.matches("#[a-z][a-z-]* =.*"))
                        .map(line -> line.substring(1, line.indexOf(" =")))
                        .toList();
        assertThat(keys)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ConfigKey.values()).map(ConfigKey::key).toList());
        assertThat(ConfigSources.resolve(Optional.of(SAMPLE), Map.of(), Map.of()).print())
                .isEqualTo(ConfigSources.resolve(Optional.empty(), Map.of(), Map.of()).print());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1024,1024", "1KiB,1024", "64MiB,67108864", "2 GiB,2147483648"})
    void readsSizes(String text, long bytes) {
        assertThat(SizeText.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1.00 KiB", "1310720,1.25 MiB", "98765432,94.2 MiB"})
    void printsSizes(long bytes, String text) {
        assertThat(SizeText.format(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"250ms,250", "30s,30000", "10m,600000", "2h,7200000", "1d,86400000"})
    void readsDurations(String text, long millis) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }
}

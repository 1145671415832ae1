package io.tsdb.cluster.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

class UnknownVariablesTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void eachIsNamedWithWhatWasMeantButNotItsValue() {
        assertThat(
                        UnknownVariables.in(
                                Map.of(
                                        "TSDB_HTPP", "a-secret",
                                        "TSDB_ADMIN_TOKEN_FIEL", "a-secret",
                                        "TSDB_MEMORY_MB", "512",
                                        "TSDB_PASSWORD", "a-secret",
                                        "HTTP", "a-secret",
                                        "TSDB_HTTP", "127.0.0.1:0")))
                .containsExactly(
                        "environment variable TSDB_ADMIN_TOKEN_FIEL is no setting; did you mean"
                                + " TSDB_ADMIN_TOKEN_FILE?",
                        "environment variable TSDB_HTPP is no setting; did you mean TSDB_HTTP?",
                        "environment variable TSDB_MEMORY_MB is no setting; did you mean"
                                + " TSDB_MEMORY_MIB?",
                        "environment variable TSDB_PASSWORD is no setting and changes nothing; tsdb"
                                + " start --help lists the settings");
    }

    @ParameterizedTest
    @EnumSource
    void everySettingIsKnown(ConfigKey key) {
        assertThat(UnknownVariables.in(Map.of(key.environmentVariable(), "x"))).isEmpty();
    }

    /// Whoever adds one there notices here that a node would warn of it.
    @Test
    void whatScriptsAndCommandsReadIsKnown() throws IOException {
        var named = new TreeMap<String, String>();
        for (String file :
                new String[] {
                    "tsdb",
                    "deploy/package/jvm.sh",
                    "deploy/package/tsdb.sh",
                    "deploy/deb/tsdb.service",
                    "deploy/docker/Dockerfile",
                    "deploy/docker/ready",
                    "deploy/compose/cluster.yaml",
                    "deploy/helm/tsdb/templates/statefulset.yaml",
                    "tsdb-cluster/src/main/resources/logback.xml",
                    "tsdb-cluster/src/main/java/io/tsdb/cluster/node/command/NodeAddress.java"
                }) {
            names(Files.readString(ROOT.resolve(file)))
                    .forEach(name -> named.put(name, "as in " + file));
        }
        assertThat(named)
                .containsKeys("TSDB_MEMORY_MIB", "TSDB_RECORDING", "TSDB_URL", "TSDB_CLUSTER");
        assertThat(UnknownVariables.in(named)).as(named.toString()).isEmpty();
    }

    private static Stream<String> names(String text) {
        return Pattern.compile("TSDB_[A-Z0-9_]*[A-Z0-9]")
                .matcher(text)
                .results()
                .map(r -> r.group());
    }

    /// Kubernetes names variables after the services of a name space, such as `tsdb` and
    /// `tsdb-grafana`.
    @ParameterizedTest
    @CsvSource({
        "TSDB_SERVICE_HOST,10.0.0.1",
        "TSDB_SERVICE_PORT,8086",
        "TSDB_GRAFANA_SERVICE_PORT_HTTP,3000",
        "TSDB_PORT,tcp://10.0.0.1:8086",
        "TSDB_GRAFANA_PORT,udp://10.0.0.1:3000",
        "TSDB_PORT_8086_TCP,tcp://10.0.0.1:8086",
        "TSDB_GRAFANA_PORT_3000_TCP_ADDR,10.0.0.1"
    })
    void whatAPlatformSetsIsLetBe(String name, String value) {
        assertThat(UnknownVariables.in(Map.of(name, value))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TSDB_HTTP_PORT,8086", "TSDB_PORT,8086", "TSDB_HOST,0.0.0.0"})
    void whatSomebodyMightThinkASettingIsNot(String name, String value) {
        assertThat(UnknownVariables.in(Map.of(name, value))).hasSize(1);
    }
}

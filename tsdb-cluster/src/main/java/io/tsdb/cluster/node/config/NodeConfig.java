package io.tsdb.cluster.node.config;

import io.tsdb.cluster.node.logging.LogFormat;
import io.tsdb.cluster.rebalance.MoveSettings;
import io.tsdb.cluster.security.Authenticator;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.query.fragment.Consistency;
import io.tsdb.storage.model.NameRule;
import io.tsdb.storage.schema.SchemaLimits;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// Checked settings of a node; what each means stands at its [ConfigKey].
///
/// @param lineTcp empty: no such port
/// @param defaultDatabase empty: a write must name one
/// @param shards empty: one per core
public record NodeConfig(
        Path data,
        Endpoint http,
        Optional<Endpoint> lineTcp,
        String lineTcpDatabase,
        Optional<String> defaultDatabase,
        Optional<Integer> shards,
        boolean durabilityAsync,
        boolean autoCreateDatabase,
        boolean lenientTypes,
        MemorySettings memory,
        Duration flushAge,
        long diskReserveBytes,
        RequestLimits requests,
        SchemaLimits schema,
        QueryBounds queries,
        Authenticator.Mode auth,
        Optional<String> adminToken,
        boolean insecure,
        Optional<TlsPaths> tls,
        Optional<Cluster> cluster,
        LogSettings log,
        OwnMetrics ownMetrics) {
    private static final String AUTO = "auto";
    private static final String OFF = "off";
    private static final int SHARDS_MAX = 1024;
    private static final int ADMIN_TOKEN_CHARS_MIN = 16;
    private static final int ZONE_CHARS_MAX = 64;

    /// What a node divides among its parts; see [MemoryPlan].
    ///
    /// @param bytes all of it
    /// @param headBytes, seriesBytes, cacheBytes of it; empty: a share
    public record MemorySettings(
            Optional<Long> bytes,
            Optional<Long> headBytes,
            Optional<Long> seriesBytes,
            Optional<Long> cacheBytes) {}

    /// Limits of a write request and of connections.
    public record RequestLimits(
            long bodyBytesMax,
            long bodyInflatedBytesMax,
            int lineBytesMax,
            int tagsMax,
            int fieldsMax,
            int connectionsMax,
            Duration idleTimeout) {}

    /// Limits of queries.
    ///
    /// @param budgetBytes memory of all together
    /// @param memoryBytes of one
    /// @param memoryWait how long one waits for memory that others hold
    public record QueryBounds(
            Duration timeout,
            Optional<Long> budgetBytes,
            Optional<Long> memoryBytes,
            Duration memoryWait,
            Consistency consistency,
            long rowsMax) {}

    /// This node as one of several.
    ///
    /// @param seeds data ports of members, by names that may stand for many
    /// @param nodes of a cluster that begins; 0: this node only joins one that there is
    /// @param moves how replicas move
    /// @param data where this node's is
    /// @param raft where its replicas listen
    /// @param replicas of each shard
    /// @param zone what may fail as one with it; may be empty
    /// @param tls empty: nodes talk in plain text, on this machine alone
    public record Cluster(
            List<Address> seeds,
            int nodes,
            MoveSettings moves,
            Address data,
            Address raft,
            int shards,
            int replicas,
            String zone,
            Optional<ClusterTls> tls) {
        public Cluster {
            seeds = List.copyOf(seeds);
        }
    }

    /// What the node keeps of its own metrics.
    ///
    /// @param interval empty: nothing
    public record OwnMetrics(Optional<Duration> interval, Duration retention) {}

    /// What the log says, and how.
    ///
    /// @param slowQuery from when on a statement is written to it; empty: never
    public record LogSettings(String level, LogFormat format, Optional<Duration> slowQuery) {}

    /// PEM files: what nodes prove themselves with to one another.
    ///
    /// @param authorities who is believed
    public record ClusterTls(Path authorities, Path certificate, Path key) {}

    /// PEM files.
    public record TlsPaths(Path certificate, Path key) {}

    /// @throws ConfigException that names the setting, its value, where it was set, and what is
    ///   right
    public static NodeConfig from(ConfigSources sources) {
        var read = new Reader(sources);
        return new NodeConfig(
                read.get(ConfigKey.DATA, NodeConfig::path),
                read.get(ConfigKey.HTTP, Endpoint::parse),
                read.get(ConfigKey.LINE_TCP, NodeConfig::endpointOrOff),
                read.get(ConfigKey.LINE_TCP_DATABASE, NodeConfig::databaseName),
                read.get(ConfigKey.DEFAULT_DATABASE, NodeConfig::databaseNameOrOff),
                read.get(ConfigKey.SHARDS, text -> auto(text, t -> count(t, SHARDS_MAX))),
                read.get(ConfigKey.DURABILITY, NodeConfig::isAsync),
                read.get(ConfigKey.AUTO_CREATE_DATABASE, NodeConfig::flag),
                read.get(ConfigKey.LENIENT_TYPES, NodeConfig::flag),
                new MemorySettings(
                        read.get(ConfigKey.MEMORY, text -> auto(text, NodeConfig::sizeAboveZero)),
                        read.get(ConfigKey.HEAD_MEMORY, text -> auto(text, SizeText::parse)),
                        read.get(ConfigKey.SERIES_MEMORY, text -> auto(text, SizeText::parse)),
                        read.get(ConfigKey.CACHE_MEMORY, text -> auto(text, SizeText::parse))),
                read.get(ConfigKey.FLUSH_AGE, DurationText::parse),
                read.get(ConfigKey.DISK_RESERVE, SizeText::parse),
                requestLimits(read),
                new SchemaLimits(
                        read.get(ConfigKey.DATABASES_MAX, text -> count(text, 65_535)),
                        read.get(ConfigKey.MEASUREMENTS_MAX, text -> count(text, 10_000_000)),
                        read.get(ConfigKey.DATABASE_SERIES_MAX, text -> count(text, 1 << 30)),
                        read.get(ConfigKey.MEASUREMENT_SERIES_MAX, text -> count(text, 1 << 30)),
                        read.get(ConfigKey.MEASUREMENT_FIELDS_MAX, text -> count(text, 1 << 20)),
                        read.get(ConfigKey.MEASUREMENT_TAGS_MAX, text -> count(text, 65_535))),
                new QueryBounds(
                        read.get(ConfigKey.QUERY_TIMEOUT, DurationText::parse),
                        read.get(
                                ConfigKey.QUERY_BUDGET,
                                text -> auto(text, NodeConfig::sizeAboveZero)),
                        read.get(
                                ConfigKey.QUERY_MEMORY,
                                text -> auto(text, NodeConfig::sizeAboveZero)),
                        read.get(ConfigKey.QUERY_WAIT, DurationText::parse),
                        read.get(ConfigKey.QUERY_CONSISTENCY, NodeConfig::consistency),
                        read.get(
                                ConfigKey.QUERY_ROWS_MAX,
                                text -> (long) count(text, Integer.MAX_VALUE))),
                read.get(ConfigKey.AUTH, NodeConfig::authMode),
                read.get(ConfigKey.ADMIN_TOKEN, NodeConfig::adminToken),
                read.get(ConfigKey.INSECURE, NodeConfig::flag),
                tls(read),
                cluster(read),
                log(read),
                new OwnMetrics(
                        read.get(ConfigKey.SYSTEM_METRICS, NodeConfig::durationOrOff),
                        read.get(ConfigKey.SYSTEM_RETENTION, DurationText::parse)));
    }

    private static LogSettings log(Reader read) {
        return new LogSettings(
                read.get(ConfigKey.LOG_LEVEL, NodeConfig::logLevel),
                read.get(ConfigKey.LOG_FORMAT, NodeConfig::logFormat),
                read.get(ConfigKey.SLOW_QUERY, NodeConfig::durationOrOff));
    }

    private static Optional<Duration> durationOrOff(String text) {
        return text.equals(OFF) ? Optional.empty() : Optional.of(DurationText.parse(text));
    }

    private static String logLevel(String text) {
        String level = text.toLowerCase(Locale.ROOT);
        return switch (level) {
            case "error", "warn", "info", "debug", "trace" -> level;
            default ->
                    throw new IllegalArgumentException(
                            "'" + text + "' is not error, warn, info, debug or trace");
        };
    }

    private static LogFormat logFormat(String text) {
        return switch (text) {
            case "text" -> LogFormat.TEXT;
            case "json" -> LogFormat.JSON;
            default -> throw new IllegalArgumentException("'" + text + "' is not text or json");
        };
    }

    private static Optional<Cluster> cluster(Reader read) {
        List<Address> seeds = read.get(ConfigKey.CLUSTER_SEEDS, NodeConfig::addresses);
        Address data = read.get(ConfigKey.CLUSTER_LISTEN, Address::parse);
        int named = seeds.contains(data) ? seeds.size() : 0;
        var cluster =
                new Cluster(
                        seeds,
                        read.get(ConfigKey.CLUSTER_NODES, text -> auto(text, t -> count(t, 1_000)))
                                .orElse(named),
                        new MoveSettings(
                                read.get(ConfigKey.CLUSTER_AWAY_AFTER, DurationText::parse),
                                read.get(ConfigKey.CLUSTER_BALANCE_AFTER, DurationText::parse),
                                read.get(ConfigKey.QUERY_TIMEOUT, DurationText::parse),
                                read.get(ConfigKey.CLUSTER_COPY_RATE, NodeConfig::sizeAboveZero)),
                        data,
                        read.get(ConfigKey.CLUSTER_RAFT, Address::parse),
                        read.get(ConfigKey.CLUSTER_SHARDS, text -> count(text, 64)),
                        read.get(ConfigKey.CLUSTER_REPLICAS, NodeConfig::replicas),
                        read.get(ConfigKey.CLUSTER_ZONE, NodeConfig::zone),
                        clusterTls(read));
        if (!read.get(ConfigKey.CLUSTER, NodeConfig::flag)) {
            return Optional.empty();
        }
        if (cluster.seeds().isEmpty()) {
            throw new ConfigException(
                    "cluster-seeds is needed: cluster-listen of members, or of all nodes of a new"
                            + " cluster");
        }
        if (cluster.data().equals(cluster.raft())) {
            throw new ConfigException(
                    "cluster-listen and cluster-raft are both "
                            + cluster.data()
                            + ": a node needs a port for each");
        }
        if (read.get(ConfigKey.DURABILITY, NodeConfig::isAsync)) {
            throw new ConfigException("a cluster has no durability=async");
        }
        return Optional.of(cluster);
    }

    private static Optional<ClusterTls> clusterTls(Reader read) {
        String authorities = read.get(ConfigKey.CLUSTER_CA, text -> text);
        String certificate = read.get(ConfigKey.CLUSTER_CERT, text -> text);
        String key = read.get(ConfigKey.CLUSTER_KEY, text -> text);
        List<String> all = List.of(authorities, certificate, key);
        if (all.stream().allMatch(String::isEmpty)) {
            return Optional.empty();
        }
        if (all.contains("")) {
            throw new ConfigException(
                    "TLS between nodes needs all of cluster-ca, cluster-cert and cluster-key");
        }
        return Optional.of(new ClusterTls(path(authorities), path(certificate), path(key)));
    }

    private static int replicas(String text) {
        return switch (text) {
            case "1" -> 1;
            case "3" -> 3;
            case "5" -> 5;
            default -> throw new IllegalArgumentException("'" + text + "' is not 1, 3 or 5");
        };
    }

    private static String zone(String text) {
        if (text.length() > ZONE_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "at most " + ZONE_CHARS_MAX + " characters, has " + text.length());
        }
        return text;
    }

    private static List<Address> addresses(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",")).map(String::trim).map(Address::parse).toList();
    }

    private static RequestLimits requestLimits(Reader read) {
        return new RequestLimits(
                read.get(ConfigKey.BODY_MAX, NodeConfig::sizeAboveZero),
                read.get(ConfigKey.BODY_INFLATED_MAX, NodeConfig::sizeAboveZero),
                read.get(ConfigKey.LINE_MAX, NodeConfig::intSize),
                read.get(ConfigKey.TAGS_MAX, text -> count(text, 65_535)),
                read.get(ConfigKey.FIELDS_MAX, text -> count(text, 65_535)),
                read.get(ConfigKey.CONNECTIONS_MAX, text -> count(text, 1_000_000)),
                read.get(ConfigKey.IDLE_TIMEOUT, DurationText::parse));
    }

    private static Optional<TlsPaths> tls(Reader read) {
        String certificate = read.get(ConfigKey.TLS_CERT, text -> text);
        String key = read.get(ConfigKey.TLS_KEY, text -> text);
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new ConfigException("TLS needs both tls-cert and tls-key, and has only one");
        }
        return certificate.isEmpty()
                ? Optional.empty()
                : Optional.of(new TlsPaths(path(certificate), path(key)));
    }

    /// Refuses to be open to other machines without authentication.
    ///
    /// @param authenticationOn whether requests need a token as things stand
    /// @throws ConfigException when an address is not loopback, authentication is off and
    ///   `insecure` is not set
    public void checkExposure(boolean authenticationOn) {
        checkClusterExposure();
        if (authenticationOn || insecure) {
            return;
        }
        Endpoint open = null;
        if (!http.isLoopback()) {
            open = http;
        } else if (lineTcp.isPresent() && !lineTcp.get().isLoopback()) {
            open = lineTcp.get();
        }
        if (open != null) {
            throw new ConfigException(
                    "refusing to listen on "
                            + open
                            + " without authentication: create a token (tsdb token create --data "
                            + data
                            + " --scope admin), or set auth=true, or accept the risk with"
                            + " --insecure");
        }
    }

    /// Refuses to open the ports between nodes to other machines without certificates.
    public void checkClusterExposure() {
        if (isClusterOpen() && !insecure) {
            Cluster ports = cluster.orElseThrow();
            throw new ConfigException(
                    "refusing to open cluster-listen "
                            + ports.data()
                            + " and cluster-raft "
                            + ports.raft()
                            + " to other machines without certificates: set cluster-ca,"
                            + " cluster-cert and cluster-key (tsdb cluster ca init, tsdb"
                            + " cluster ca issue), or keep them in a network of their own and"
                            + " accept the risk with --insecure");
        }
    }

    /// Whether the ports between nodes are open to other machines, and whoever reaches them is
    /// believed: without certificates.
    public boolean isClusterOpen() {
        return cluster.filter(ports -> ports.tls().isEmpty())
                .filter(ports -> !ports.data().isLoopback() || !ports.raft().isLoopback())
                .isPresent();
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a path is needed");
        }
        return Path.of(text);
    }

    private static String databaseName(String text) {
        NameRule.DATABASE
                .violation(text)
                .ifPresent(
                        violation -> {
                            throw new IllegalArgumentException(violation);
                        });
        return text;
    }

    private static Optional<String> databaseNameOrOff(String text) {
        return text.equals(OFF) ? Optional.empty() : Optional.of(databaseName(text));
    }

    private static Optional<Endpoint> endpointOrOff(String text) {
        return text.equals(OFF) ? Optional.empty() : Optional.of(Endpoint.parse(text));
    }

    private static <T> Optional<T> auto(String text, Function<String, T> parser) {
        return text.equals(AUTO) ? Optional.empty() : Optional.of(parser.apply(text));
    }

    private static int count(String text, int max) {
        try {
            int value = Integer.parseInt(text);
            if (value >= 1 && value <= max) {
                return value;
            }
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("'" + text + "' is no number from 1 to " + max);
        }
        throw new IllegalArgumentException("'" + text + "' is no number from 1 to " + max);
    }

    private static long sizeAboveZero(String text) {
        long bytes = SizeText.parse(text);
        if (bytes == 0) {
            throw new IllegalArgumentException("must be above zero");
        }
        return bytes;
    }

    private static int intSize(String text) {
        long bytes = sizeAboveZero(text);
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("'" + text + "' is 2GiB or more");
        }
        return (int) bytes;
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is not true or false");
        };
    }

    private static boolean isAsync(String text) {
        return switch (text) {
            case "sync" -> false;
            case "async" -> true;
            default -> throw new IllegalArgumentException("'" + text + "' is not sync or async");
        };
    }

    private static Consistency consistency(String text) {
        return Consistency.parse(text)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "'" + text + "' is not strong or eventual"));
    }

    private static Authenticator.Mode authMode(String text) {
        return switch (text) {
            case "auto" -> Authenticator.Mode.AUTO;
            case "true" -> Authenticator.Mode.ON;
            case "false" -> Authenticator.Mode.OFF;
            default ->
                    throw new IllegalArgumentException("'" + text + "' is not auto, true or false");
        };
    }

    private static Optional<String> adminToken(String text) {
        if (!text.isEmpty() && text.length() < ADMIN_TOKEN_CHARS_MIN) {
            throw new IllegalArgumentException(
                    "at least " + ADMIN_TOKEN_CHARS_MIN + " characters, has " + text.length());
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /// A record would print the secret.
    @Override
    public String toString() {
        return "NodeConfig[data=" + data + ", http=" + http + "]";
    }

    /// Turns a parser's complaint into one that names the setting.
    private record Reader(ConfigSources sources) {
        <T> T get(ConfigKey key, Function<String, T> parser) {
            ConfigSources.Entry entry = sources.entry(key);
            try {
                return parser.apply(entry.text());
            } catch (IllegalArgumentException e) {
                throw new ConfigException(
                        key.key() + " (" + entry.origin() + "): " + e.getMessage());
            }
        }
    }
}

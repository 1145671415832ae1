package io.tsdb.cluster.node.config;

import java.util.Locale;
import java.util.Optional;

/// Every setting of a node. Its name is the key in the file and the option on the command line;
/// `TSDB_` and the name in capitals, with `_` for `-`, is its environment variable.
public enum ConfigKey {
    DATA("data", "DIR", "./data", "directory of everything the node stores; created when missing"),
    HTTP(
            "http",
            "HOST:PORT",
            "127.0.0.1:8086",
            "address of HTTP: writes, SQL, health, metrics; port 0 takes a free one"),
    LINE_TCP(
            "line-tcp",
            "HOST:PORT",
            "127.0.0.1:9009",
            "address of line protocol over TCP; port 0 takes a free one; off: no such port"),
    LINE_TCP_DATABASE(
            "line-tcp-database",
            "NAME",
            "default",
            "database that lines over TCP go to, since TCP names none"),
    DEFAULT_DATABASE(
            "default-database",
            "NAME",
            "default",
            "database of a /write and of SQL that name none; off: such a write is refused"),
    SHARDS(
            "shards",
            "N",
            "auto",
            "shards of a new data directory, kept for good; auto: one per core"),
    DURABILITY(
            "durability",
            "sync|async",
            "sync",
            "sync: a write is acknowledged once it is synced to disk; async: before that, a power"
                    + " failure may take the last moments"),
    AUTO_CREATE_DATABASE(
            "auto-create-database",
            "true|false",
            "true",
            "a database that does not exist is created by the first write to it"),
    LENIENT_TYPES(
            "lenient-types",
            "true|false",
            "false",
            "an integer sent to a float field becomes a float instead of an error"),
    MEMORY(
            "memory",
            "SIZE",
            "auto",
            "memory for points, series, caches, queries and requests together; auto: half of the"
                    + " machine's or container's, 4GiB at most, and no more than the heap carries"),
    HEAD_MEMORY(
            "head-memory",
            "SIZE",
            "auto",
            "of memory, for points not yet in a part; auto: about a quarter"),
    SERIES_MEMORY(
            "series-memory",
            "SIZE",
            "auto",
            "of memory, for series, about; new ones beyond it are refused; auto: what the block"
                    + " cache can spare, about a fifth"),
    CACHE_MEMORY(
            "cache-memory",
            "SIZE",
            "auto",
            "of memory, for indexes of parts, and blocks that queries read; auto: about a quarter"),
    FLUSH_AGE(
            "flush-age",
            "DURATION",
            "10m",
            "points are in a part at the latest this long after they came"),
    DISK_RESERVE(
            "disk-reserve",
            "SIZE",
            "2GiB",
            "writes are refused while the disk has less room than this"),
    BODY_MAX("body-max", "SIZE", "64MiB", "largest body of a write request, as sent"),
    BODY_INFLATED_MAX(
            "body-inflated-max", "SIZE", "64MiB", "largest body of a write request, inflated"),
    LINE_MAX("line-max", "SIZE", "1MiB", "longest line of line protocol"),
    TAGS_MAX("tags-max", "N", "256", "most tags in a line"),
    FIELDS_MAX("fields-max", "N", "4096", "most fields in a line"),
    DATABASES_MAX("databases-max", "N", "1000", "most databases; those that exist stay"),
    MEASUREMENTS_MAX(
            "measurements-max",
            "N",
            "10000",
            "most measurements of a database; those that exist go on"),
    DATABASE_SERIES_MAX(
            "database-series-max",
            "N",
            "100000000",
            "most series of a database, within series-memory; those that exist go on"),
    MEASUREMENT_SERIES_MAX(
            "measurement-series-max",
            "N",
            "100000000",
            "most series of a measurement, within database-series-max; those that exist go on"),
    MEASUREMENT_FIELDS_MAX(
            "measurement-fields-max",
            "N",
            "4096",
            "most fields of a measurement; those that exist go on"),
    MEASUREMENT_TAGS_MAX(
            "measurement-tags-max",
            "N",
            "256",
            "most tag keys of a measurement; those that exist go on"),
    CONNECTIONS_MAX("connections-max", "N", "10000", "most connections, of each port"),
    IDLE_TIMEOUT(
            "idle-timeout", "DURATION", "60s", "a connection that says nothing for this long ends"),
    QUERY_TIMEOUT("query-timeout", "DURATION", "60s", "longest time a query may take"),
    QUERY_BUDGET(
            "query-budget",
            "SIZE",
            "auto",
            "of memory, what all queries together may hold; auto: about a sixth"),
    QUERY_MEMORY(
            "query-memory",
            "SIZE",
            "auto",
            "most memory one query may hold; auto: three quarters of query-budget"),
    QUERY_WAIT(
            "query-wait",
            "DURATION",
            "10s",
            "how long a query waits for memory that others hold before it is refused with 503"),
    QUERY_CONSISTENCY(
            "query-consistency",
            "strong|eventual",
            "strong",
            "in a cluster: strong: an answer has everything that any node had acknowledged;"
                    + " eventual: what a replica has come to; a request may say otherwise"),
    QUERY_ROWS_MAX("query-rows-max", "N", "100000000", "most rows a query may answer"),
    AUTH(
            "auth",
            "auto|true|false",
            "auto",
            "whether requests need a token; auto: once one was created (tsdb token create)"),
    ADMIN_TOKEN(
            "admin-token",
            "TEXT",
            "",
            "one more token, with every permission, not stored; better set it in the environment"),
    CLUSTER(
            "cluster",
            "true|false",
            "false",
            "this node is one of several that keep the same data; see cluster-seeds"),
    CLUSTER_SEEDS(
            "cluster-seeds",
            "HOST:PORT,...",
            "",
            "cluster-listen of members, or a name that stands for all of them; of a new cluster: of"
                    + " all, this one too; without this one: the node joins a cluster that there"
                    + " is"),
    CLUSTER_NODES(
            "cluster-nodes",
            "N|auto",
            "auto",
            "a new cluster begins with so many nodes; auto: as many as cluster-seeds names"),
    CLUSTER_LISTEN(
            "cluster-listen",
            "HOST:PORT",
            "127.0.0.1:9301",
            "where this node takes what other nodes forward, by the address they reach it at"),
    CLUSTER_RAFT(
            "cluster-raft",
            "HOST:PORT",
            "127.0.0.1:9302",
            "where the logs of the nodes listen to one another, by the address they reach it at"),
    CLUSTER_SHARDS(
            "cluster-shards",
            "N",
            "4",
            "shards of a new cluster, kept for good; all nodes need the same; each is a Raft"
                    + " group"),
    CLUSTER_REPLICAS(
            "cluster-replicas",
            "1|3|5",
            "3",
            "nodes that keep each shard of a new cluster, kept for good; all nodes need the same;"
                    + " with fewer nodes than that, all of them keep all"),
    CLUSTER_AWAY_AFTER(
            "cluster-away-after",
            "DURATION",
            "10m",
            "when a node was silent for so long, others keep its shards"),
    CLUSTER_BALANCE_AFTER(
            "cluster-balance-after",
            "DURATION",
            "30s",
            "members have been the same for so long before shards move to even them out"),
    CLUSTER_COPY_RATE(
            "cluster-copy-rate",
            "SIZE",
            "50MiB",
            "this node copies shards that come to it at so many bytes a second at most"),
    CLUSTER_ZONE(
            "cluster-zone",
            "NAME",
            "",
            "what may fail as one with this node, such as its rack: replicas of a shard are kept in"
                    + " different ones"),
    CLUSTER_CA(
            "cluster-ca",
            "FILE",
            "",
            "certificate (PEM) of the authority that nodes of the cluster have theirs from; with"
                    + " cluster-cert and cluster-key nodes talk TLS and prove who they are; needed"
                    + " beyond this machine (tsdb cluster ca)"),
    CLUSTER_CERT(
            "cluster-cert",
            "FILE",
            "",
            "this node's certificate (PEM), for the hosts of cluster-listen and cluster-raft"),
    CLUSTER_KEY("cluster-key", "FILE", "", "private key of cluster-cert (PEM, PKCS#8)"),
    SYSTEM_METRICS(
            "system-metrics",
            "DURATION",
            "10s",
            "how often the node writes its own metrics to the database _system; off: never"),
    SYSTEM_RETENTION(
            "system-retention", "DURATION", "7d", "how long rows of a new _system are kept"),
    LOG_LEVEL("log-level", "error|warn|info|debug|trace", "info", "how much the log says"),
    LOG_FORMAT(
            "log-format",
            "text|json",
            "text",
            "lines of the log: for people, or an object of JSON each"),
    SLOW_QUERY(
            "slow-query",
            "DURATION",
            "10s",
            "a statement that takes this long is written to the log, without what stands in quotes;"
                    + " off: none"),
    INSECURE(
            "insecure",
            "true|false",
            "false",
            "listen beyond this machine without authentication all the same, and with --cluster to"
                    + " other nodes without certificates"),
    TLS_CERT("tls-cert", "FILE", "", "certificate chain (PEM): the HTTP port speaks TLS"),
    TLS_KEY("tls-key", "FILE", "", "private key of the certificate (PEM, PKCS#8)");

    private final String key;
    private final String valueForm;
    private final String defaultText;
    private final String description;

    ConfigKey(String key, String valueForm, String defaultText, String description) {
        this.key = key;
        this.valueForm = valueForm;
        this.defaultText = defaultText;
        this.description = description;
    }

    public String key() {
        return key;
    }

    /// What a value looks like, for help: `HOST:PORT`, `true|false`.
    public String valueForm() {
        return valueForm;
    }

    public String defaultText() {
        return defaultText;
    }

    public String description() {
        return description;
    }

    public String option() {
        return "--" + key;
    }

    public String environmentVariable() {
        return "TSDB_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /// Whether the value is shown to nobody.
    public boolean isSecret() {
        return this == ADMIN_TOKEN;
    }

    /// Whether a node that runs takes another value (SIGHUP, `/api/v1/settings/reload`); all others
    /// need a start.
    public boolean isLive() {
        return switch (this) {
            case LOG_LEVEL, LOG_FORMAT, SLOW_QUERY, QUERY_TIMEOUT, QUERY_ROWS_MAX, ADMIN_TOKEN ->
                    true;
            default -> false;
        };
    }

    public boolean isSwitch() {
        return valueForm.equals("true|false");
    }

    /// Whether one value may be set for a whole cluster: where every node takes another one while
    /// it runs, and nobody may read what should be hidden.
    public boolean isClusterWide() {
        return isLive() && !isSecret();
    }

    public static Optional<ConfigKey> of(String key) {
        for (ConfigKey candidate : values()) {
            if (candidate.key.equals(key)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}

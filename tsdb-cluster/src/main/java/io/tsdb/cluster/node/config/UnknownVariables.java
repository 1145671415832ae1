package io.tsdb.cluster.node.config;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Variables of the environment that begin as those of tsdb do and change nothing: a name that is
/// not spelt right would be passed over in silence otherwise, and be it that of the administrator's
/// token. Pure.
public final class UnknownVariables {
    private static final String PREFIX = "TSDB_";

    /// One letter left out, too many, or wrong, or two that changed places.
    private static final int MEANT_DISTANCE_MAX = 2;

    /// What is no setting and means something: to the launcher (`tsdb`, `deploy/package`), to
    /// commands that ask a node, to `logback.xml`.
    private static final Set<String> OF_OTHERS =
            Set.of(
                    "TSDB_JDK_FOLDERS",
                    "TSDB_MEMORY_MIB",
                    "TSDB_JVM_FLAGS",
                    "TSDB_RECORDING",
                    "TSDB_URL",
                    "TSDB_TOKEN",
                    "TSDB_DB",
                    "TSDB_CA",
                    "TSDB_RAFT_LOG_LEVEL");

    /// What Kubernetes and Docker set for a service or a linked container of such a name.
    private static final Pattern OF_A_SERVICE =
            Pattern.compile(
                    "TSDB_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?"
                            + "|PORT_\\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)");

    private UnknownVariables() {}

    /// A sentence for each, in the order of their names; none has a value in it, which may be a
    /// secret.
    public static List<String> in(Map<String, String> environment) {
        Set<String> known = known();
        return environment.entrySet().stream()
                .filter(variable -> variable.getKey().startsWith(PREFIX))
                .filter(variable -> !known.contains(variable.getKey()))
                .filter(variable -> !isOfAService(variable.getKey(), variable.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .map(name -> "environment variable " + name + " is no setting" + hint(name, known))
                .toList();
    }

    private static Set<String> known() {
        var known = new TreeSet<>(OF_OTHERS);
        for (ConfigKey key : ConfigKey.values()) {
            known.add(key.environmentVariable());
            if (key.isSecret()) {
                known.add(key.environmentVariable() + ConfigSources.FILE_SUFFIX);
            }
        }
        return known;
    }

    private static boolean isOfAService(String name, String value) {
        return OF_A_SERVICE.matcher(name).matches()
                || (name.endsWith("_PORT") && value.contains("://"));
    }

    private static String hint(String name, Set<String> known) {
        return known.stream()
                .filter(one -> ConfigSources.editDistance(name, one) <= MEANT_DISTANCE_MAX)
                .min(Comparator.comparingInt(one -> ConfigSources.editDistance(name, one)))
                .map(one -> "; did you mean " + one + "?")
                .orElse(" and changes nothing; tsdb start --help lists the settings");
    }
}

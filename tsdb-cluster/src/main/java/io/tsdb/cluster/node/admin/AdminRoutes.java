package io.tsdb.cluster.node.admin;

import io.tsdb.cluster.security.TokenAdmin;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.HttpRoute;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// The administrative paths of a node.
///
/// @param guard lets those in who may administrate all databases
/// @param executor runs what blocks on files
/// @param map empty for a node alone
/// @param reload reads the settings again
public record AdminRoutes(
        Access access,
        HttpRoute.Guard guard,
        Executor executor,
        TokenAdmin tokens,
        SlowStatements slow,
        Supplier<Optional<ShardMap>> map,
        ReloadAnswers.Reload reload) {
    public List<HttpRoute> routes() {
        var tokenAnswers = new TokenAnswers(tokens);
        var clusterAnswers = new ClusterAnswers(map);
        var reloadAnswers = new ReloadAnswers(reload);
        return List.of(
                new HttpRoute(
                        Set.of(ReloadAnswers.PATH),
                        guard,
                        () -> new AdminHandler(access, executor, reloadAnswers::answer)),
                new HttpRoute(
                        Set.of(TokenAnswers.PATH),
                        guard,
                        () -> new AdminHandler(access, executor, tokenAnswers::answer)),
                new HttpRoute(
                        Set.of(SlowStatements.PATH),
                        guard,
                        () -> new AdminHandler(access, executor, slow::answer)),
                new HttpRoute(
                        Set.of(ClusterAnswers.PATH),
                        guard,
                        () -> new AdminHandler(access, executor, clusterAnswers::answer)));
    }
}

package io.tsdb.cluster.node.admin;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tsdb.cluster.rebalance.Membership;
import io.tsdb.cluster.security.TokenAdmin;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.storage.net.Access;
import io.tsdb.storage.net.HttpRoute;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/// The administrative paths of a node.
///
/// @param guard lets those in who may administrate all databases
/// @param executor runs what blocks on files
/// @param map, tables, membership, shared empty for a node alone
/// @param reload reads the settings again
public record AdminRoutes(
        Access access,
        HttpRoute.Guard guard,
        Executor executor,
        TokenAdmin tokens,
        SlowStatements slow,
        Supplier<Optional<ShardMap>> map,
        ReloadAnswers.Reload reload,
        Supplier<Optional<ClusterTables>> tables,
        Supplier<Optional<Membership>> membership,
        Supplier<Optional<SharedSettings>> shared) {
    public List<HttpRoute> routes() {
        var tokenAnswers = new TokenAnswers(tokens);
        var clusterAnswers = new ClusterAnswers(map, tables);
        var reloadAnswers = new ReloadAnswers(reload);
        var handOverAnswers = new HandOverAnswers(tables);
        var checkAnswers = new CheckAnswers(tables);
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
                        () -> new AdminHandler(access, executor, clusterAnswers::answer)),
                new HttpRoute(
                        Set.of(HandOverAnswers.PATH),
                        guard,
                        () -> new AdminHandler(access, executor, handOverAnswers::answer)),
                new HttpRoute(
                        Set.of(CheckAnswers.PATH),
                        guard,
                        () -> new AdminHandler(access, executor, checkAnswers::answer)),
                new HttpRoute(
                        Set.of(MemberAnswers.PATH),
                        guard,
                        () -> new AdminHandler(access, executor, this::answerMembers)),
                new HttpRoute(
                        Set.of(SharedSettingsAnswers.PATH),
                        guard,
                        () ->
                                new AdminHandler(
                                        access,
                                        executor,
                                        request ->
                                                SharedSettingsAnswers.answer(
                                                        request, shared.get()))),
                table("shards", ClusterTables::shardsTable),
                table("events", ClusterTables::eventsTable));
    }

    private FullHttpResponse answerMembers(AdminRequest request) {
        return request.method().name().equals("GET")
                ? answer(request, ClusterTables::membersTable)
                : MemberAnswers.answer(request, membership.get());
    }

    private HttpRoute table(String name, Function<ClusterTables, String> table) {
        return new HttpRoute(
                Set.of(ClusterAnswers.PATH + "/" + name),
                guard,
                () -> new AdminHandler(access, executor, request -> answer(request, table)));
    }

    private FullHttpResponse answer(AdminRequest request, Function<ClusterTables, String> table) {
        if (!request.method().name().equals("GET")) {
            return AdminAnswers.wrongMethod(request, "GET");
        }
        return tables.get()
                .map(all -> AdminAnswers.json(HttpResponseStatus.OK, table.apply(all)))
                .orElseGet(AdminAnswers::noCluster);
    }
}

package io.tsdb.cluster.security;

import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.schema.CatalogState;
import io.tsdb.storage.shard.Store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// The tokens of a cluster: a document of its catalog, the same on every node.
///
/// The [TokenFile] of a node follows it, so who is let in does not depend on the others; what a
/// command changes in the file of a node that runs goes to the catalog, and from there to all. A
/// node that was away has what its file says until it has heard of the catalog: it serves nobody
/// before. Any thread.
public final class ClusterTokens implements Tokens, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterTokens.class);
    private static final String DOCUMENT = "tokens";
    private static final long LOOK_MILLIS = 100;

    private final Store store;
    private final TokenFile file;
    private final Runnable changed;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    work -> Thread.ofPlatform().name("cluster-tokens").daemon().unstarted(work));

    /// Text of the file as it is known to the catalog; guarded by this.
    private String known = "";

    /// @param file of this node
    /// @param changed told when the file was
    public ClusterTokens(Store store, TokenFile file, Runnable changed) {
        this.store = store;
        this.file = file;
        this.changed = changed;
    }

    /// Brings this node's file up to date, and keeps it so. A cluster that knows of no tokens yet
    /// takes over those that are here.
    public void start() throws IOException {
        String here = file.text();
        if (document().isEmpty() && !here.isEmpty()) {
            store.setDocument(DOCUMENT, 0, here); // or another node was faster, whose count
        }
        synchronized (this) {
            known = here;
        }
        follow();
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        store.catalog().follow(DOCUMENT, _ -> lookNow());
    }

    private Optional<CatalogState.Document> document() {
        return store.catalog().document(DOCUMENT);
    }

    private void lookNow() {
        try {
            thread.execute(this::look);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed: tokens are not looked at", e);
        }
    }

    private void look() {
        try {
            handOver();
            follow();
        } catch (IOException | RuntimeException e) { // the next look must come
            LOG.warn("tokens of this node are not those of its cluster yet: {}", e.toString());
        }
    }

    /// What a command changed in the file.
    private void handOver() throws IOException {
        String before;
        synchronized (this) {
            before = known;
        }
        String now = file.text();
        if (now.isEmpty() || now.equals(before)) {
            return;
        }
        List<Token> old = tokens(before);
        List<Token> here = tokens(now);
        Set<String> oldIds = ids(old);
        Set<String> gone = new HashSet<>(oldIds);
        gone.removeAll(ids(here));
        List<Token> come = here.stream().filter(token -> !oldIds.contains(token.id())).toList();
        if (!gone.isEmpty() || !come.isEmpty()) {
            change(
                    tokens -> {
                        var next = new ArrayList<>(tokens);
                        next.removeIf(token -> gone.contains(token.id()));
                        Set<String> there = ids(next);
                        come.stream()
                                .filter(token -> !there.contains(token.id()))
                                .forEach(next::add);
                        return next;
                    });
        }
        synchronized (this) {
            known = now;
        }
    }

    /// Has the file say what the catalog does, unless a command has changed it since the last look.
    private synchronized void follow() throws IOException {
        Optional<CatalogState.Document> document = document();
        if (document.isEmpty()) {
            return;
        }
        String wanted = document.get().text();
        if (wanted.equals(known) && wanted.equals(file.text())) {
            return;
        }
        Set<String> expected = ids(tokens(known));
        boolean isMissing = !file.exists();
        file.update(here -> isMissing || ids(here).equals(expected) ? tokens(wanted) : here);
        if (file.text().equals(wanted)) {
            known = wanted;
        }
        changed.run();
    }

    private List<Token> tokens(String text) {
        return text.isEmpty() ? List.of() : file.parse(text);
    }

    private static Set<String> ids(List<Token> tokens) {
        return tokens.stream().map(Token::id).collect(Collectors.toSet());
    }

    @Override
    public boolean exists() {
        return document().isPresent();
    }

    /// @throws IOException when no majority of the cluster can say what they are
    @Override
    public List<Token> read() throws IOException {
        try {
            store.caughtUp(NodeLog.CATALOG).join();
        } catch (CompletionException e) {
            throw new IOException("this node cannot say what tokens there are: " + e.getCause(), e);
        }
        return tokens(document().map(CatalogState.Document::text).orElse(""));
    }

    @Override
    public List<Token> update(UnaryOperator<List<Token>> change) throws IOException {
        List<Token> tokens = change(change);
        try {
            handOver();
            follow();
        } catch (CorruptDataException e) {
            LOG.error("this node's file of tokens is not what its cluster has", e);
        }
        return tokens;
    }

    private List<Token> change(UnaryOperator<List<Token>> change) throws IOException {
        while (true) {
            Optional<CatalogState.Document> before = document();
            List<Token> tokens =
                    change.apply(tokens(before.map(CatalogState.Document::text).orElse("")));
            long expected = before.map(CatalogState.Document::index).orElse(0L);
            if (store.setDocument(DOCUMENT, expected, TokenFile.format(tokens))) {
                return tokens;
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

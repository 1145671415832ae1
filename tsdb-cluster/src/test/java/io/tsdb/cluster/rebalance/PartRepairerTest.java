package io.tsdb.cluster.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.TestStores;
import io.tsdb.cluster.rpc.PartPort;
import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.ShardMap;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.part.PartSummary;
import io.tsdb.storage.shard.ReplicaParts;
import io.tsdb.storage.shard.Shard;
import io.tsdb.storage.shard.Store;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What a check says of a part that is mended beside it.
class PartRepairerTest {
    private static final Member SELF = member("a", 1);
    private static final Member OTHER = member("b", 3);

    @TempDir Path directory;

    private static Member member(String id, int port) {
        return new Member(id, new Address("127.0.0.1", port), new Address("127.0.0.1", port + 1));
    }

    private static final ShardMap TWO =
            new ShardMap() {
                @Override
                public Member self() {
                    return SELF;
                }

                @Override
                public List<Member> members() {
                    return List.of(SELF, OTHER);
                }

                @Override
                public int shardCount() {
                    return 1;
                }

                @Override
                public List<Member> replicas(int shard) {
                    return members();
                }

                @Override
                public Optional<Member> leader(int shard) {
                    return Optional.of(OTHER);
                }

                @Override
                public long epoch() {
                    return 1;
                }
            };

    /// The other member, which has a whole file.
    private record Whole(byte[] file) implements PartPort {
        @Override
        public CompletableFuture<byte[]> list(String member, int shard, byte[] request) {
            return CompletableFuture.failedFuture(new IOException("lists nothing"));
        }

        @Override
        public CompletableFuture<byte[]> read(String member, int shard, byte[] request) {
            try {
                PieceRequest piece = PieceRequest.of(request);
                int from = (int) piece.offset();
                return CompletableFuture.completedFuture(
                        Arrays.copyOfRange(file, from, from + piece.length()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Whatever finds a damage has it mended in the background; a check that is overtaken by that
    /// said nothing of what it had found.
    @Test
    void namesADamageAlsoWhenTheBackgroundIsFaster() throws Exception {
        var config = TestStores.config(directory, 1);
        try (Store store =
                Store.open(
                        config, new LocalFileStore(), System::nanoTime, InstantSource.system())) {
            TestStores.write(store, "d", "m,dev=a v=1i 1\nm,dev=b v=2i 2\n");
            store.flush();
            Shard shard = store.shards().getFirst();
            ReplicaParts parts = ReplicaParts.of(shard);
            PartSummary part = parts.listing().parts().getFirst();
            Path file = part.id().parquetFile(directory.resolve("shard-0"));
            byte[] whole = Files.readAllBytes(file);
            var told = new ArrayList<String>();
            try (var repairer =
                    new PartRepairer(
                            TWO,
                            new Whole(whole),
                            told::add,
                            System::nanoTime,
                            (work, _) -> work.run())) { // at once
                repairer.watch(0, parts);
                Files.delete(file);
                PartListing checked = repairer.check(0);
                assertThat(checked.mended())
                        .singleElement()
                        .asString()
                        .contains(file.toString(), "whole again meanwhile");
                assertThat(checked.damaged()).isEmpty();
                assertThat(file).hasBinaryContent(whole);
                assertThat(told).singleElement().asString().contains("copied from b");
                assertThat(repairer.check(0).mended()).isEmpty();
            }
        }
    }
}

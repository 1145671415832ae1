package io.tsdb.cluster.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.shardmap.Address;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.storage.io.LocalFileStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// Files `member` that are never edited again.
class MemberFormatSpecTest {
    private static final Member ONE =
            new Member(
                    "1ed867cde1b1c4c7",
                    new Address("10.0.0.1", 9302),
                    new Address("10.0.0.1", 9301),
                    "rack1");
    private static final Member TWO =
            new Member(
                    "3f1c8b2a9d04e657",
                    new Address("10.0.0.2", 9302),
                    new Address("10.0.0.2", 9301),
                    "");
    private static final UUID CLUSTER = UUID.fromString("0f8fad5b-d9cb-369f-a165-70867728950e");

    @TempDir Path directory;

    private static byte[] golden(String name) throws IOException {
        try (var in = MemberFormatSpecTest.class.getResourceAsStream("/format/member/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    private void check(String name, Greeting expected) throws IOException {
        var io = new LocalFileStore();
        Path file = directory.resolve(MemberFile.NAME);
        Files.write(file, golden(name));
        assertThat(MemberFile.load(io, directory)).contains(expected);
        MemberFile.store(io, directory, expected);
        assertThat(Files.readAllBytes(file)).isEqualTo(golden(name));
    }

    @Test
    void readsAndWritesVersion2() throws IOException {
        check("v2/alone", new Greeting(ONE, 8, 3, Optional.empty()));
        check(
                "v2/member",
                new Greeting(
                        ONE, 8, 3, Optional.of(new Members(CLUSTER, 8, 3, List.of(ONE, TWO)))));
    }
}

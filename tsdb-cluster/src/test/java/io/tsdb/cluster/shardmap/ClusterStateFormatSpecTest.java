package io.tsdb.cluster.shardmap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Texts of the catalog's document `cluster` that are never edited again.
class ClusterStateFormatSpecTest {
    private static final String ONE = "1ed867cde1b1c4c7";
    private static final String TWO = "3f1c8b2a9d04e657";
    private static final String THREE = "9a0b1c2d3e4f5061";

    private static String golden(String name) throws IOException {
        try (var in =
                ClusterStateFormatSpecTest.class.getResourceAsStream(
                        "/format/cluster-state/" + name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// What was written once is written the same for ever, at its level.
    @ParameterizedTest
    @ValueSource(strings = {"v1/cluster", "v1/with-programs", "v2/cluster"})
    void writesWhatItReads(String name) throws IOException {
        String text = golden(name);
        assertThat(ClusterStateText.format(ClusterStateText.parse(text))).isEqualTo(text);
    }

    /// From before there were levels.
    @Test
    void readsVersion1() throws IOException {
        ClusterState state = ClusterStateText.parse(golden("v1/cluster"));
        assertThat(state.members().cluster()).hasToString("0f8fad5b-d9cb-369f-a165-70867728950e");
        assertThat(state.members().replicas()).isEqualTo(3);
        assertThat(state.members().member(ONE).zone()).isEqualTo("rack1");
        assertThat(state.members().member(THREE).data()).isEqualTo(new Address("::1", 9301));
        assertThat(state.states())
                .isEqualTo(
                        Map.of(
                                ONE,
                                MemberState.ACTIVE,
                                TWO,
                                MemberState.DRAINING,
                                THREE,
                                MemberState.JOINING));
        assertThat(state.placement().epoch()).isEqualTo(4);
        assertThat(state.placement().replicas(1)).isEqualTo(List.of(TWO, ONE));
        assertThat(state.moves())
                .containsExactly(
                        new Move(0, Optional.of(TWO), THREE).at(Move.Step.ADD),
                        new Move(1, Optional.empty(), THREE));
        assertThat(state.level()).isEqualTo(new ClusterLevel(1, Map.of()));
    }

    @Test
    void readsProgramsInVersion1() throws IOException {
        ClusterState state = ClusterStateText.parse(golden("v1/with-programs"));
        assertThat(state.level().level()).isEqualTo(1);
        assertThat(state.level().program(ONE)).isEqualTo(new Program("0.2.0", new Levels(1, 2)));
        assertThat(state.level().program(TWO)).isEqualTo(Program.UNSAID);
        assertThat(state.level().program(THREE)).isEqualTo(new Program("0.1.0", new Levels(1, 1)));
    }

    @Test
    void readsVersion2() throws IOException {
        ClusterState state = ClusterStateText.parse(golden("v2/cluster"));
        assertThat(state.level().level()).isEqualTo(2);
        assertThat(state.level().program(TWO)).isEqualTo(new Program("0.3.0", new Levels(1, 3)));
        assertThat(state.level().program(THREE)).isEqualTo(new Program("0.3.0", new Levels(2, 3)));
    }
}
